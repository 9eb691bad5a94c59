#!/usr/bin/env python3
"""notify.py: subscriptions end to end, against a small real SMTP relay and a small real HTTP endpoint.

E-mail says that there is something to look at and never what; it is sent again when the relay refuses it. A topic's
heartbeat comes when nothing else does, and backport-max-count gathers events into one bundle. What happened while
the endpoint, or the server itself, was away is told afterwards, with its numbers.
"""
import asyncio
import email
import email.header
import http.server
import json
import queue
import sys
import threading
import time

from harness import Checks, Server, free_port

BACKPORT = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/"
R5 = "http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic."
WAIT = 30


class Relay:
    """RFC 5321, as much as a client of one needs. Letters arrive in `letters`; the first `refusals` are turned away."""

    def __init__(self, refusals=0):
        self.port, self.refusals, self.letters, self.refused = free_port(), refusals, queue.Queue(), 0
        started = threading.Event()
        threading.Thread(target=self.serve, args=(started,), daemon=True).start()
        started.wait(WAIT)

    def serve(self, started):
        async def run():
            listening = await asyncio.start_server(self.talk, "127.0.0.1", self.port)
            started.set()
            await listening.serve_forever()
        asyncio.run(run())

    async def talk(self, reader, writer):
        def say(line):
            writer.write((line + "\r\n").encode())
        say("220 relay")
        recipient = None
        while line := (await reader.readline()).decode().strip():
            word = line.upper()
            if word.startswith("EHLO"):
                say("250-relay")
                say("250 8BITMIME")
            elif word.startswith("RCPT"):
                recipient = line[line.index("<") + 1:line.rindex(">")]
                say("250 ok")
            elif word.startswith("DATA"):
                say("354 go on")
                text = b""
                while not text.endswith(b"\r\n.\r\n"):
                    text += await reader.readline()
                if self.refused < self.refusals:
                    self.refused += 1
                    say("451 try again")
                else:
                    self.letters.put((recipient, email.message_from_bytes(text[:-3])))
                    say("250 taken")
            elif word.startswith("QUIT"):
                say("221 bye")
                break
            else:
                say("250 ok")
            await writer.drain()
        await writer.drain()
        writer.close()


class Endpoint:
    """Takes what is posted; says 503 while `away`."""

    def __init__(self):
        self.port, self.heard, self.away = free_port(), queue.Queue(), threading.Event()
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if not endpoint.away.is_set():
                    endpoint.heard.put((dict(self.headers), json.loads(body) if body else None))
                self.send_response(503 if endpoint.away.is_set() else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_PUT = do_POST

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/hook"


def put(server, headers, resource):
    status, _, body = server.request("PUT", f"/fhir/{resource['resourceType']}/{resource['id']}", resource, headers)
    if status not in (200, 201):
        raise RuntimeError(f"{resource['id']}: {status} {body}")


def observe(server, headers, number):
    put(server, headers, {"resourceType": "Observation", "id": f"o{number}", "status": "final",
                          "code": {"text": "秘密の検査"}})


def subscribe(server, headers, name, criteria, channel):
    put(server, headers, {"resourceType": "Subscription", "id": name, "status": "requested", "reason": "test",
                          "criteria": criteria, "channel": channel})
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline:
        status = server.request("GET", f"/fhir/Subscription/{name}", headers=headers)[2]
        if status["status"] == "active":
            return
        time.sleep(0.02)  # the status is all that can be asked
    raise RuntimeError(f"{name} is not active: {status}")


def by_topic(endpoint, **extensions):
    return {"type": "rest-hook", "endpoint": endpoint.url, "payload": "application/fhir+json",
            "_payload": {"extension": [{"url": BACKPORT + "backport-payload-content", "valueCode": "id-only"}]},
            "extension": [{"url": BACKPORT + name.replace("_", "-"), key: value}
                          for name, (key, value) in extensions.items()]}


def kind_of(bundle):
    parameters = bundle["entry"][0]["resource"]["parameter"]
    return next(p["valueCode"] for p in parameters if p["name"] == "type")


def numbers_of(bundle):
    parameters = bundle["entry"][0]["resource"]["parameter"]
    return [int(part["valueString"]) for p in parameters if p["name"] == "notification-event"
            for part in p["part"] if part["name"] == "event-number"]


def events(endpoint, count):
    """The numbers of the next `count` events, with the sizes of the bundles they came in."""
    numbers, sizes = [], []
    while len(numbers) < count:
        _, bundle = endpoint.heard.get(timeout=WAIT)
        if kind_of(bundle) == "event-notification":
            numbers += numbers_of(bundle)
            sizes.append(len(numbers_of(bundle)))
    return numbers, sizes


def check_mail(server, headers, relay, checks):
    subscribe(server, headers, "mail", "Observation", {"type": "email", "endpoint": "mailto:tanaka@minato.example"})
    observe(server, headers, 1)
    recipient, letter = relay.letters.get(timeout=WAIT)
    text = letter.get_payload(decode=True).decode("utf-8")
    subject = str(email.header.make_header(email.header.decode_header(letter["Subject"])))
    checks.that(recipient == "tanaka@minato.example", f"mail goes to {recipient}")
    checks.that(relay.refused == 1, "a letter that was refused is sent again")
    checks.that(subject == "Tasuki: お知らせ" and letter["From"] == "<tasuki@minato.example>", f"subject {subject}")
    checks.that("1 件のお知らせ" in text and "Subscription/mail" in text, f"text {text}")
    checks.that("秘密" not in str(letter) + text, "no patient's data goes through the mail")


def check_heartbeat(server, headers, checks):
    endpoint = Endpoint()
    subscribe(server, headers, "beat", "http://example.jp/topic/all",
              by_topic(endpoint, backport_heartbeat_period=("valueUnsignedInt", 1)))
    kinds = [kind_of(endpoint.heard.get(timeout=WAIT)[1]) for _ in range(3)]
    checks.that(kinds == ["handshake", "heartbeat", "heartbeat"], f"heartbeat: {kinds}")
    server.request("DELETE", "/fhir/Subscription/beat", headers=headers)


def check_max_count(server, headers, checks):
    endpoint = Endpoint()
    subscribe(server, headers, "many", "http://example.jp/topic/all",
              by_topic(endpoint, backport_max_count=("valuePositiveInt", 4)))
    endpoint.away.set()
    for number in range(10, 20):
        observe(server, headers, number)
    server.kill()
    server.start()
    headers = server.sign_in()
    endpoint.away.clear()
    numbers, sizes = events(endpoint, 10)
    checks.that(sorted(set(numbers)) == list(range(1, 11)), f"each event by its number: {numbers}")
    checks.that(max(sizes) == 4, f"at most four in a bundle, and four where they wait: {sizes}")
    return headers


def check_r4_numbers(server, headers, checks):
    endpoint = Endpoint()
    subscribe(server, headers, "r4", "Observation", {"type": "rest-hook", "endpoint": endpoint.url})
    for number in (30, 31):
        observe(server, headers, number)
    told = [endpoint.heard.get(timeout=WAIT)[0].get("X-Subscription-Event") for _ in range(2)]
    checks.that(told == ["r4/1", "r4/2"], f"R4 notifications carry their numbers: {told}")


def main():
    relay, checks = Relay(refusals=1), Checks()
    settings = (f'\n[subscription]\nendpoints = ["http://127.0.0.1:"]\nmail_relay = "127.0.0.1:{relay.port}"\n'
                'mail_from = "tasuki@minato.example"\n')
    with Server(settings=settings) as server:
        headers = server.sign_in()
        put(server, headers, {
            "resourceType": "Basic", "id": "topic",
            "code": {"coding": [{"system": "http://hl7.org/fhir/fhir-types", "code": "SubscriptionTopic"}]},
            "extension": [{"url": R5 + "url", "valueUri": "http://example.jp/topic/all"},
                          {"url": R5 + "resourceTrigger", "extension": [{"url": "resource", "valueUri":
                              "http://hl7.org/fhir/StructureDefinition/Observation"}]}]})
        check_mail(server, headers, relay, checks)
        check_heartbeat(server, headers, checks)
        headers = check_max_count(server, headers, checks)
        check_r4_numbers(server, headers, checks)
    return checks.done()


if __name__ == "__main__":
    sys.exit(main())
