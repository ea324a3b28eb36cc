// An independent client, co-wechat-api, works against the sandbox as it works against WeChat.
//
//     node sandbox_co_wechat_api.mjs http://127.0.0.1:8080/sandbox APP_ID APP_SECRET
//
// The account must be verified. Its menu is replaced and deleted. The three values may also come from the
// environment: HOPETREE_TEST_BASE, HOPETREE_TEST_APP_ID, HOPETREE_TEST_APP_SECRET.

import assert from "node:assert/strict";
import process from "node:process";

import WeChatAPI from "co-wechat-api";

const [base, appId, appSecret] = ["BASE", "APP_ID", "APP_SECRET"].map(
  (name, index) => process.argv[2 + index] ?? process.env[`HOPETREE_TEST_${name}`],
);

const MENU = {
  button: [
    {
      name: "社区信息",
      sub_button: [
        { type: "click", name: "政策告知", key: "policies" },
        { type: "view", name: "生活小贴士", url: "https://shequ.example.cn/tips?a=1&b=2" },
      ],
    },
    { type: "click", name: "联系我们", key: "contact" },
  ],
};

function client(secret = appSecret) {
  const api = new WeChatAPI(appId, secret);
  api.prefix = `${base.replace(/\/$/, "")}/cgi-bin/`;
  return api;
}

/** The call must be refused with this code. */
async function refused(code, call) {
  await assert.rejects(call, (error) => {
    assert.equal(error.code, code, `expected errcode ${code}, got ${error.code}: ${error.message}`);
    return true;
  });
}

async function tokens(api) {
  const first = await api.getAccessToken();
  const second = await api.getAccessToken();
  assert.notEqual(first.accessToken, second.accessToken, "every fetch gives a new token");
  await refused(40125, () => client("wrong").getAccessToken());
  // The client itself fetches a new token when the one it has is refused.
  await api.saveToken({ accessToken: second.accessToken.replace(/.{8}$/, "00000000"), expireTime: Date.now() + 60_000 });
  assert.ok((await api.getIp()).ip_list.length > 0, "no addresses of the platform");
}

async function menus(api) {
  assert.equal((await api.createMenu(MENU)).errmsg, "ok");
  const { menu } = await api.getMenu();
  assert.deepEqual(menu.button.map((button) => button.name), ["社区信息", "联系我们"]);
  assert.equal(menu.button[0].sub_button[1].url, MENU.button[0].sub_button[1].url);
  const info = await api.getMenuConfig();
  assert.equal(info.selfmenu_info.button[0].sub_button.list.length, 2);
  await refused(40023, () => {
    const child = MENU.button[0].sub_button[0];
    return api.createMenu({ button: [{ name: "六个", sub_button: Array(6).fill(child) }] });
  });
  assert.equal((await api.removeMenu()).errmsg, "ok");
  await refused(46003, () => api.getMenu());
}

async function followers(api) {
  const list = await api.getFollowers();
  assert.ok(list.total > 0, "nobody follows");
  assert.equal(list.data.openid.length, list.count);
  const next = await api.getFollowers(list.next_openid);
  assert.equal(next.count, 0, "the page after the last is not empty");
  const user = await api.getUser(list.data.openid[0]);
  assert.equal(user.subscribe, 1);
  const batch = await api.batchGetUsers(list.data.openid);
  assert.equal(batch.user_info_list.length, list.count);
  await refused(45015, () => api.sendText(list.data.openid[0], "您好"));
}

try {
  assert.ok(base && appId && appSecret, "give base URL, AppID and AppSecret");
  const api = client();
  await tokens(api);
  await menus(api);
  await followers(api);
  console.log("co-wechat-api: tokens, menus, followers and addresses are as at WeChat");
} catch (error) {
  console.error(`sandbox_co_wechat_api: ${error.name}: ${error.message}`);
  process.exitCode = 1;
}
