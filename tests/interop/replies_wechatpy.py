"""Plays WeChat's platform towards a webhook, with the signing, encryption and parsing of wechatpy.

    python replies_wechatpy.py --url http://127.0.0.1:8080/wx/hope --token … --aes-key … --app-id wx… \
        --original-id gh_… --mode secure [--text 你好]… [--click KEY]… [--expect-text WORD]… [--expect-news WORD]…

It verifies the URL as the console does, pushes a follow, the texts, the clicks and one message or event of every
other kind that residents cause, repeats a push, and forges some. Each reply must be one that wechatpy understands, is
addressed back, keeps the platform's limits, and comes within 5 seconds. What it saw is printed, a line per push.
Give --expect-text and --expect-news to demand a text, or a card, with that word among the answers.
Exits with 0 when all went well, else with 1 and what went wrong.
"""

import argparse
import random
import sys
import time
from types import SimpleNamespace
from xml.parsers.expat import ExpatError
from xml.sax.saxutils import escape

import requests
import xmltodict
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import WeChatException
from wechatpy.fields import ArticlesField
from wechatpy.parser import parse_message
from wechatpy.replies import deserialize_reply
from wechatpy.utils import WeChatSigner

LIMIT_SECONDS = 5
MAX_TEXT_BYTES = 2048
OPEN_ID = "oInterop" + "".join(random.choices("abcdefghijkmnpqrstuvwxyz23456789", k=20))

# What residents cause besides texts and clicks: name, type, and the rest of the XML.
OTHER_PUSHES = [
    ("image", "<PicUrl><![CDATA[http://mmbiz.qpic.cn/mmbiz_jpg/a/0]]></PicUrl><MediaId><![CDATA[m1]]></MediaId>"),
    ("voice", "<MediaId><![CDATA[m2]]></MediaId><Format><![CDATA[amr]]></Format>"),
    ("video", "<MediaId><![CDATA[m3]]></MediaId><ThumbMediaId><![CDATA[t3]]></ThumbMediaId>"),
    ("shortvideo", "<MediaId><![CDATA[m4]]></MediaId><ThumbMediaId><![CDATA[t4]]></ThumbMediaId>"),
    (
        "location",
        "<Location_X>31.335800</Location_X><Location_Y>121.289600</Location_Y><Scale>16</Scale>"
        "<Label><![CDATA[某某路1号]]></Label>",
    ),
    (
        "link",
        "<Title><![CDATA[标题]]></Title><Description><![CDATA[摘要]]></Description>"
        "<Url><![CDATA[https://mp.weixin.qq.com/s/x]]></Url>",
    ),
    ("event.VIEW", "<EventKey><![CDATA[https://shequ.example.cn/]]></EventKey>"),
    ("event.TEMPLATESENDJOBFINISH", "<MsgID>200163836</MsgID><Status><![CDATA[success]]></Status>"),
    ("event.something_new", "<Whatever><![CDATA[1]]></Whatever>"),
    ("event.unsubscribe", "<EventKey><![CDATA[]]></EventKey>"),
]


class Unexpected(Exception):
    """The webhook did not do what the platform needs."""


def expect(condition, message):
    if not condition:
        raise Unexpected(message)


class Platform:
    def __init__(self, options):
        self.options = options
        self.crypto = WeChatCrypto(options.token, options.aes_key, options.app_id)
        self.http = requests.Session()
        self.http.trust_env = False
        self.last_id = time.time_ns()

    def verify_url(self):
        query = self.signed_query()
        echo = str(random.getrandbits(60))
        answer = self.http.get(self.options.url, params={**query, "echostr": echo}, timeout=LIMIT_SECONDS)
        expect(answer.status_code == 200, f"the verification was answered with {answer.status_code}")
        expect(answer.content == echo.encode(), f"the verification was answered with {answer.content[:80]!r}")
        wrong = {**query, "signature": "0" * 40, "echostr": echo}
        answer = self.http.get(self.options.url, params=wrong, timeout=LIMIT_SECONDS)
        expect(answer.status_code in (400, 401, 403), f"a wrong verification was answered with {answer.status_code}")
        expect(echo not in answer.text, "a wrong verification was echoed")
        print("verification: the echo came back, and a forged one did not")

    def compose(self, kind, rest):
        """The XML of a push, and wechatpy's own idea of it."""
        self.last_id += 1
        fields = f"<ToUserName><![CDATA[{self.options.original_id}]]></ToUserName>"
        fields += f"<FromUserName><![CDATA[{OPEN_ID}]]></FromUserName><CreateTime>{int(time.time())}</CreateTime>"
        if kind.startswith("event."):
            event = kind.removeprefix("event.")
            fields += f"<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[{event}]]></Event>{rest}"
        else:
            fields += f"<MsgType><![CDATA[{kind}]]></MsgType>{rest}<MsgId>{self.last_id}</MsgId>"
        xml = f"<xml>{fields}</xml>"
        expect(parse_message(xml) is not None, f"wechatpy does not understand its own push {kind}")
        return xml

    def letter(self, xml):
        """The query and the body of a push, as the mode wants them."""
        query = {**self.signed_query(), "openid": OPEN_ID}
        if self.options.mode == "plain":
            return query, xml
        sealed = xmltodict.parse(self.crypto.encrypt_message(xml, query["nonce"], query["timestamp"]))["xml"]
        query |= {"encrypt_type": "aes", "msg_signature": sealed["MsgSignature"]}
        encrypt = f"<Encrypt><![CDATA[{sealed['Encrypt']}]]></Encrypt>"
        if self.options.mode == "compatible":
            return query, xml.replace("</xml>", f"{encrypt}</xml>")
        return query, f"<xml><ToUserName><![CDATA[{self.options.original_id}]]></ToUserName>{encrypt}</xml>"

    def deliver(self, query, body):
        begin = time.monotonic()
        answer = self.http.post(
            self.options.url,
            params=query,
            data=body.encode(),
            headers={"content-type": "text/xml"},
            timeout=LIMIT_SECONDS,
            allow_redirects=False,
        )
        return answer, time.monotonic() - begin

    def push(self, kind, rest):
        """Delivers a push, and reads the reply as wechatpy reads it."""
        letter = self.letter(self.compose(kind, rest))
        answer, seconds = self.deliver(*letter)
        expect(answer.status_code == 200, f"{kind} was answered with {answer.status_code}")
        reply = self.read(kind, answer.content)
        print(f"{kind}: {seconds * 1000:.0f} ms, {describe(reply)}")
        return letter, answer, reply

    def read(self, kind, content):
        if content in (b"", b"success"):
            return None
        outer = read_xml(kind, content)
        xml = content.decode()
        if self.options.mode == "plain":
            expect("Encrypt" not in outer, f"the reply to {kind} is sealed in the plain mode")
        else:
            expect("Encrypt" in outer, f"the reply to {kind} is not sealed")
            xml = self.crypto.decrypt_message(xml, outer["MsgSignature"], outer["TimeStamp"], outer["Nonce"])
            read_xml(kind, xml)
        reply = deserialize(xml)
        expect(reply.target == OPEN_ID, f"the reply to {kind} is for {reply.target}")
        expect(reply.source == self.options.original_id, f"the reply to {kind} is from {reply.source}")
        expect(abs(int(reply.time) - time.time()) < 300, f"the reply to {kind} was made at {reply.time}")
        check_limits(kind, reply)
        return reply

    def repeat(self):
        """The platform repeats what it thinks was missed: the answer must be the same one."""
        letter, _, first = self.push("text", content("重复的消息"))
        answer, _ = self.deliver(*letter)
        expect(answer.status_code == 200, f"a repeat was answered with {answer.status_code}")
        again = self.read("text", answer.content)
        same = describe(first) == describe(again) or again is None
        expect(same, f"a repeat was answered with {describe(again)} instead of {describe(first)}")
        print(f"repeat: {describe(again)}")

    def forge(self):
        """What does not come from the platform must be refused."""
        query, body = self.letter(self.compose("text", content("伪造")))
        signature = "signature" if self.options.mode == "plain" else "msg_signature"
        forgeries = {
            "a wrong signature": ({**query, signature: "0" * 40}, body),
            "no signature": ({name: query[name] for name in query if "signature" not in name}, body),
        }
        if self.options.mode != "plain":
            foreign = WeChatCrypto(self.options.token, self.options.aes_key, "wx0000000000000000")
            sealed = xmltodict.parse(foreign.encrypt_message("<xml/>", query["nonce"], query["timestamp"]))["xml"]
            encrypt = f"<xml><Encrypt><![CDATA[{sealed['Encrypt']}]]></Encrypt></xml>"
            forgeries["another account's AppID"] = ({**query, "msg_signature": sealed["MsgSignature"]}, encrypt)
        if self.options.mode == "secure":
            plain = {name: query[name] for name in query if name not in ("encrypt_type", "msg_signature")}
            forgeries["no encryption"] = (plain, self.compose("text", content("伪造")))
        for name, (query, body) in forgeries.items():
            answer, _ = self.deliver(query, body)
            expect(400 <= answer.status_code < 500, f"a push with {name} was answered with {answer.status_code}")
            print(f"forgery: {name} was refused with {answer.status_code}")

    def signed_query(self):
        timestamp, nonce = str(int(time.time())), str(random.randrange(10**9))
        signer = WeChatSigner()
        signer.add_data(self.options.token, timestamp, nonce)
        return {"signature": signer.signature, "timestamp": timestamp, "nonce": nonce}


def content(text):
    return f"<Content><![CDATA[{text}]]></Content>"


def read_xml(kind, content):
    try:
        return xmltodict.parse(content)["xml"]
    except (ExpatError, KeyError, ValueError) as error:
        raise Unexpected(f"the reply to {kind} is no XML of a reply: {content[:200]!r}") from error


def deserialize(xml):
    """wechatpy's own reader, save that it stumbles over news with one article."""
    inner = xmltodict.parse(xml, force_list=("item",))["xml"]
    if inner["MsgType"] != "news":
        return deserialize_reply(xml)
    articles = ArticlesField.from_xml(inner["Articles"])
    expect(int(inner["ArticleCount"]) == len(articles), "ArticleCount is wrong")
    return SimpleNamespace(
        type="news",
        target=inner["ToUserName"],
        source=inner["FromUserName"],
        time=inner["CreateTime"],
        articles=articles,
    )


def check_limits(kind, reply):
    if reply.type == "text":
        size = len(reply.content.encode())
        expect(0 < size <= MAX_TEXT_BYTES, f"the text in reply to {kind} has {size} bytes")
    if reply.type == "news":
        most = 8 if kind.startswith("event.") else 1
        expect(1 <= len(reply.articles) <= most, f"{len(reply.articles)} articles in reply to {kind}")
        for article in reply.articles:
            expect(article["title"], f"an article in reply to {kind} has no title")
            expect(str(article["url"]).startswith("http"), f"an article in reply to {kind} has no address")


def describe(reply):
    if reply is None:
        return "acknowledged"
    if reply.type == "text":
        return f"text {reply.content!r}"
    if reply.type == "news":
        return f"news {[(article['title'], article['url']) for article in reply.articles]}"
    return reply.type


def run(options):
    platform = Platform(options)
    platform.verify_url()
    replies = [platform.push("event.subscribe", "<EventKey><![CDATA[]]></EventKey>")[2]]
    replies += [platform.push("text", content(text))[2] for text in options.text]
    for key in options.click:
        replies.append(platform.push("event.CLICK", f"<EventKey><![CDATA[{escape(key)}]]></EventKey>")[2])
    platform.repeat()
    replies += [platform.push(kind, rest)[2] for kind, rest in OTHER_PUSHES]
    platform.forge()
    for word in options.expect_text:
        found = any(reply is not None and reply.type == "text" and word in reply.content for reply in replies)
        expect(found, f"no text says {word!r}")
    for word in options.expect_news:
        news = [reply for reply in replies if reply is not None and reply.type == "news"]
        found = any(word in str(article["title"]) for reply in news for article in reply.articles)
        expect(found, f"no card is titled {word!r}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("url", "token", "aes-key", "app-id", "original-id"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--mode", choices=["plain", "compatible", "secure"], required=True)
    for name in ("text", "click", "expect-text", "expect-news"):
        parser.add_argument(f"--{name}", action="append", default=[])
    options = parser.parse_args()
    options.text = options.text or ["你好", "😀 emoji 和\n换行", "1"]
    run(options)
    print(f"wechatpy: all replies in the mode {options.mode} are as the platform needs them")


if __name__ == "__main__":
    try:
        main()
    except (Unexpected, WeChatException, requests.RequestException, ValueError, KeyError) as error:
        sys.exit(f"replies_wechatpy: {type(error).__name__}: {error}")
