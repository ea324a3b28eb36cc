"""An independent client, wechatpy, works against the sandbox as it works against WeChat.

    python sandbox_wechatpy.py --base http://127.0.0.1:8080/sandbox --app-id wx… --app-secret …

The account must be verified. Its menu is replaced and deleted; a remark is written and taken back. Each value may
also come from the environment: HOPETREE_TEST_BASE, HOPETREE_TEST_APP_ID, HOPETREE_TEST_APP_SECRET.
"""

import argparse
import os
import sys

from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException

MENU = {
    "button": [
        {
            "name": "社区简介",
            "sub_button": [
                {"type": "click", "name": "社区概况", "key": "about"},
                {"type": "view", "name": "社区地图", "url": "https://shequ.example.cn/map?a=1&b=2"},
            ],
        },
        {"type": "scancode_waitmsg", "name": "扫一扫", "key": "scan"},
    ]
}


class Unexpected(Exception):
    """The sandbox did not do what WeChat does."""


def expect(condition, message):
    if not condition:
        raise Unexpected(message)


def refused(code, call, *arguments):
    """The call must be refused with this code."""
    try:
        call(*arguments)
    except WeChatClientException as error:
        expect(error.errcode == code, f"expected errcode {code}, got {error.errcode}: {error.errmsg}")
        expect("rid: " in str(error.errmsg), f"the errmsg has no rid: {error.errmsg}")
    else:
        raise Unexpected(f"expected errcode {code}, but the call went well")


def client_of(base, app_id, app_secret):
    # One class for this sandbox: wechatpy keeps the address in the class.
    class Client(WeChatClient):
        API_BASE_URL = f"{base}/cgi-bin/"

        def fetch_access_token(self):
            return self._fetch_access_token(
                url=f"{self.API_BASE_URL}token",
                params={"grant_type": "client_credential", "appid": self.appid, "secret": self.secret},
            )

    return Client(app_id, app_secret)


def tokens(base, app_id, app_secret):
    client = client_of(base, app_id, app_secret)
    first = client.fetch_access_token()
    expect(first["expires_in"] == 7200, f"a token lives 7200 s, not {first['expires_in']}")
    second = client.fetch_access_token()
    expect(first["access_token"] != second["access_token"], "every fetch gives a new token")
    refused(40125, client_of(base, app_id, "wrong").fetch_access_token)
    refused(40013, client_of(base, "wx0000000000000000", app_secret).fetch_access_token)
    return client


def menus(client):
    client.menu.create(MENU)
    got = client.menu.get()["menu"]
    names = [button["name"] for button in got["button"]]
    expect(names == ["社区简介", "扫一扫"], f"menu/get gave {names}")
    children = got["button"][0]["sub_button"]
    expect(children[1]["url"] == MENU["button"][0]["sub_button"][1]["url"], f"menu/get gave {children}")
    info = client.menu.get_menu_info()
    expect(info["is_menu_open"] == 1, "the menu is not open")
    expect(len(info["selfmenu_info"]["button"][0]["sub_button"]["list"]) == 2, f"the menu's info is {info}")
    refused(40018, client.menu.create, {"button": [{"type": "click", "name": "社区简介服务", "key": "k"}]})
    refused(40016, client.menu.create, {"button": [{"type": "click", "name": "一", "key": "k"}] * 4})
    client.menu.delete()
    refused(46003, lambda: client.get("menu/get"))


def followers(client):
    open_ids = list(client.user.iter_followers())
    expect(open_ids, "nobody follows")
    expect(len(set(open_ids)) == len(open_ids), "somebody is listed twice")
    user = client.user.get(open_ids[0])
    expect(user["subscribe"] == 1 and user["openid"] == open_ids[0], f"user/info gave {user}")
    expect("nickname" not in user, "the platform does not tell names")
    client.user.update_remark(open_ids[0], "3号楼")
    expect(client.user.get(open_ids[0])["remark"] == "3号楼", "the remark was not kept")
    client.user.update_remark(open_ids[0], "")
    batch = client.user.get_batch(open_ids[:100])
    expect([user["openid"] for user in batch] == open_ids[:100], "user/info/batchget gave others")
    refused(40003, client.user.get, "oNobody")
    # Nobody has written or tapped anything, so the window for messages is closed.
    refused(45015, client.message.send_text, open_ids[0], "您好")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("base", "app-id", "app-secret"):
        variable = "HOPETREE_TEST_" + name.upper().replace("-", "_")
        given = os.environ.get(variable)
        parser.add_argument(f"--{name}", default=given, required=given is None)
    options = parser.parse_args()
    base = options.base.rstrip("/")
    client = tokens(base, options.app_id, options.app_secret)
    menus(client)
    followers(client)
    expect(client.misc.get_wechat_ips(), "no addresses of the platform")
    print("wechatpy: tokens, menus, followers and addresses are as at WeChat")


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        # The message of the error itself would show the AppSecret, which stands in the address.
        sys.exit(f"sandbox_wechatpy: the sandbox cannot be reached ({type(error).__name__})")
    except (Unexpected, WeChatClientException, KeyError) as error:
        sys.exit(f"sandbox_wechatpy: {type(error).__name__}: {error}")
