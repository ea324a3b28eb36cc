// The sandbox's control API as the server speaks it: shapes only.

export type Mode = 'plain' | 'compatible' | 'secure';
export type AccountKind = 'subscription' | 'service';
export type Forgery = 'signature' | 'app_id' | 'tampered' | 'plain' | 'stale';

export interface MenuButton {
  name: string;
  type?: string;
  key?: string;
  url?: string;
  sub_button?: MenuButton[];
}

export interface Account {
  app_id: string;
  slug: string;
  name: string;
  original_id: string;
  mode: Mode;
  kind: AccountKind;
  verified: boolean;
  push_url: string;
  menu: { button: MenuButton[] } | null;
  followers: number;
  calls: Record<string, number>;
}

export interface Resident {
  id: string;
  name: string;
  avatar: string;
  about: string;
}

export interface Place {
  name: string;
  latitude: number;
  longitude: number;
}

export interface PushFaults {
  delay_ms: number;
  drop: number;
  repeat: number;
  reorder: boolean;
  forge: Forgery | null;
}

export interface ApiFaults {
  slow_ms: number;
  busy: number;
  ip_not_allowed: boolean;
  quota_exhausted: string[];
  errcodes: Record<string, number>;
}

export interface Faults {
  push: PushFaults;
  api: ApiFaults;
}

export interface SandboxState {
  accounts: Account[];
  residents: Resident[];
  places: Place[];
  scenes: string[];
  faults: Faults;
}

export interface Article {
  title: string;
  description?: string;
  picture_url?: string;
  url?: string;
}

export type EntryKind =
  | 'text'
  | 'image'
  | 'voice'
  | 'video'
  | 'location'
  | 'link'
  | 'news'
  | 'event'
  | 'fault'
  | 'notice';

export interface Entry {
  id: number;
  at: number;
  from: 'resident' | 'account' | 'system';
  kind: EntryKind;
  text?: string | null;
  articles?: Article[] | null;
  latitude?: number | null;
  longitude?: number | null;
  label?: string | null;
  push?: number | null;
}

export interface Chat {
  following: boolean;
  entries: Entry[];
}

export interface ActionResult {
  push?: number | null;
  entries: Entry[];
  open?: string | null;
}

export type Outcome = 'answered' | 'acknowledged' | 'timeout' | 'refused' | 'failed' | 'not_understood';

export interface Attempt {
  at: number;
  url: string;
  body: string;
  inner?: string | null;
  status?: number | null;
  answer?: string | null;
  inner_answer?: string | null;
  elapsed_ms: number;
  outcome: Outcome;
  /** Why an answer was not understood. */
  problem?: string | null;
}

export interface Push {
  id: number;
  kind: string;
  resident: string;
  attempts: Attempt[];
}

export interface PushKind {
  kind: string;
  title: string;
  /** What the server would fill in, when it tells. */
  fields?: Record<string, unknown>;
}

export type ResidentMessage =
  | { type: 'text'; content: string; menu_id?: string }
  | { type: 'image' | 'voice' | 'video' | 'shortvideo' }
  | { type: 'location'; latitude: number; longitude: number; label: string }
  | { type: 'link'; title: string; description: string; url: string };
