"""WeChat's side of scripts/balanced: pushes as the platform sends them, and looks at what must be closed."""

import hashlib
import http.client
import os
import re
import signal
import socket
import ssl
import sys
import threading
import time
import urllib.request

HOST = "wx.example.cn"
SENDERS = 8
STARTED = int(time.time())  # a repeat is the same push in every byte, also in its time
ATTEMPTS, WAIT = 3, 5  # WeChat gives up after 5 s, and sends a push three times in all


def main(arguments):
    if arguments[0] == "has-served":
        sys.exit(0 if has_served(arguments[1]) else 1)
    https, plain, certificate, token, deed, *rest = arguments
    site = Site(int(https), int(plain), certificate, token)
    {"wait": site.wait, "closed": site.closed, "push": site.push_all}[deed](*map(int, rest))


class Site:
    def __init__(self, https, plain, certificate, token):
        self.https, self.plain, self.token = https, plain, token
        self.tls = ssl.create_default_context(cafile=certificate)

    def request(self, method, path, body=None, source=None, headers=None):
        raw = socket.create_connection(("127.0.0.1", self.https), WAIT, (source, 0) if source else None)
        connection = http.client.HTTPConnection(HOST)
        connection.sock = self.tls.wrap_socket(raw, server_hostname=HOST)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def query(self):
        timestamp, nonce = str(int(time.time())), "1320562132"
        signature = hashlib.sha1("".join(sorted([self.token, timestamp, nonce])).encode()).hexdigest()
        return f"signature={signature}&timestamp={timestamp}&nonce={nonce}"

    def push(self, number):
        """Sends one push until it is answered; gives the answer and how often it was sent."""
        xml = (
            "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>"
            f"<FromUserName><![CDATA[o{number:027}]]></FromUserName><CreateTime>{STARTED}</CreateTime>"
            f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[停电]]></Content><MsgId>{number}</MsgId></xml>"
        )
        last = None
        for attempt in range(1, ATTEMPTS + 1):
            try:
                status, body = self.request("POST", f"/wx/hope?{self.query()}", xml.encode())
            except OSError as error:
                last = error
                continue
            if status == 200 and "<xml>" in body:
                return body, attempt
            last = status, body
        sys.exit(f"push {number} was not answered: {last}")

    def wait(self):
        for _ in range(100):
            try:
                if self.request("GET", "/healthz")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        sys.exit("nginx does not answer")

    def closed(self):
        for path in ["/metrics", "/sandbox", "/sandbox/", "/sandbox/control/state"]:
            status, body = self.request("GET", path)
            # The nodes have nothing there, either; it is nginx that must say so.
            expect((status, "nginx" in body), (404, True), path)
        expect(self.request("GET", "/readyz", source="127.0.0.2")[0], 403, "/readyz from elsewhere")
        expect(self.request("GET", "/readyz")[0], 200, "/readyz from this machine")
        expect(self.request("GET", "/h/hope/")[0], 200, "a resident's page")
        expect(self.request("POST", f"/wx/hope?{self.query()}", b"x" * (513 << 10))[0], 413, "a push of 513 KiB")
        echo = self.request("GET", f"/wx/hope?{self.query()}&echostr=4711")
        expect(echo, (200, "4711"), "WeChat's proof of ownership")
        connection = http.client.HTTPConnection("127.0.0.1", self.plain, timeout=WAIT)
        connection.request("GET", "/h/hope/?a=1", headers={"Host": HOST})
        answer = connection.getresponse()
        expect((answer.status, answer.headers["Location"]), (308, f"https://{HOST}/h/hope/?a=1"), "without TLS")
        print("-- the proof of ownership gets through; measurements, readiness and sandbox are closed")

    def push_all(self, first, count, victim=None):
        """Sends pushes side by side; after a third of them, a process is killed as by a power cut."""
        numbers, lock = list(range(first, first + count)), threading.Lock()
        tries, faults = [], []

        def send():
            while not faults:
                with lock:
                    if not numbers:
                        return
                    number = numbers.pop(0)
                    if victim and len(numbers) == count * 2 // 3:
                        os.kill(victim, signal.SIGKILL)
                try:
                    answer, attempts = self.push(number)
                    tries.append(attempts)
                    if number % 10 == 0:
                        repeat, _ = self.push(number)
                        if repeat != answer:
                            faults.append(f"push {number} was answered {answer!r}, and its repeat {repeat!r}")
                except SystemExit as error:
                    faults.append(str(error))

        threads = [threading.Thread(target=send) for _ in range(SENDERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if faults:
            sys.exit("\n".join(faults))
        expect(len(tries), count, "answered pushes")
        print(f"   all {count} are answered, {sum(n == 1 for n in tries)} of them at the first try")


def has_served(address):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    text = opener.open(f"http://{address}/metrics", timeout=WAIT).read().decode()
    return bool(re.search(r'^hopetree_pushes_recorded_total\{account="hope"\} [1-9]', text, re.MULTILINE))


def expect(found, wanted, what):
    if found != wanted:
        sys.exit(f"{what}: expected {wanted}, found {found}")


main(sys.argv[1:])
