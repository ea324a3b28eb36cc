/** The platform's calls that the faults page offers by name. */
export const API_PATHS = [
  '/cgi-bin/token',
  '/cgi-bin/stable_token',
  '/cgi-bin/menu/create',
  '/cgi-bin/menu/get',
  '/cgi-bin/menu/delete',
  '/cgi-bin/get_current_selfmenu_info',
  '/cgi-bin/user/get',
  '/cgi-bin/user/info',
  '/cgi-bin/user/info/batchget',
  '/cgi-bin/user/info/updateremark',
  '/cgi-bin/message/custom/send',
] as const;
