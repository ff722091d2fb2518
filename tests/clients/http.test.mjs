// HTTP as badly behaved peers speak it: raw sockets against the node.
import { test } from "node:test";
import assert from "node:assert/strict";
import { connect } from "node:net";
import { devnet, rpc, url } from "./lib/node.mjs";

const { port, hostname } = new URL(url);
const call = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] });
const head = (length, more = "") =>
  `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n${more}\r\n`;
const request = head(call.length) + call;
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
const answer = `"result":"0x${devnet.chainId.toString(16)}"`;

/** A socket that keeps what came; `until` waits for text, `end` for the other side's close. */
function dial(options = {}) {
  const socket = connect({ port: Number(port), host: hostname, ...options });
  let got = "",
    closed = false;
  socket
    .setEncoding("latin1")
    .on("data", (d) => (got += d))
    .on("error", () => {});
  const end = new Promise((r) => socket.on("close", () => r((closed = true))));
  const until = async (words, ms = 5000) => {
    for (const limit = Date.now() + ms; !got.includes(words); await sleep(10)) {
      if (closed || Date.now() > limit)
        assert.fail(`waited for ${words}, got ${JSON.stringify(got.slice(0, 400))}`);
    }
    return got;
  };
  return { socket, until, end, got: () => got };
}

/** Sends and waits for a whole answer. */
async function ask(text, words = "HTTP/1.1") {
  const peer = dial();
  peer.socket.write(text);
  const got = await peer.until(words);
  await sleep(20);
  peer.socket.destroy();
  return got + peer.got().slice(got.length);
}
const status = (got) => Number(/^HTTP\/1\.1 (\d+)/.exec(got)?.[1]);

test("a request that comes byte by byte is answered", async () => {
  const peer = dial();
  for (const byte of request) {
    peer.socket.write(byte);
    await sleep(1);
  }
  assert.equal(status(await peer.until(answer)), 200);
  peer.socket.destroy();
});

test(
  "a request that never ends is dropped after 30 s, stalled or trickling",
  { timeout: 60_000 },
  async () => {
    const stalled = dial(),
      trickling = dial(),
      begun = Date.now();
    stalled.socket.write(head(100) + "{");
    trickling.socket.write(head(100_000) + "{");
    const drip = setInterval(() => trickling.socket.write(" "), 1000);
    await Promise.all(
      [stalled.end, trickling.end].map((e) =>
        Promise.race([e, sleep(45_000).then(() => assert.fail("still open"))]),
      ),
    ).finally(() => {
      clearInterval(drip);
      stalled.socket.destroy();
      trickling.socket.destroy();
    });
    assert.ok(Date.now() - begun > 25_000, "not before its time");
  },
);

test("a body above the limit gets 413 before it was sent", async () => {
  const got = await ask(head(6 * 1024 * 1024));
  assert.equal(status(got), 413);
  assert.match(got, /5242880|body/i);
});

test("a chunked body above the limit gets 413 on the way", async () => {
  const peer = dial();
  peer.socket.write(
    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
  );
  const piece = "10000\r\n" + " ".repeat(0x10000) + "\r\n";
  for (let i = 0; i < 100 && peer.got() === ""; i++) {
    peer.socket.write(piece);
    await sleep(1);
  }
  assert.equal(status(await peer.until("HTTP/1.1")), 413);
  peer.socket.destroy();
});

test("a body of just under the limit is read", async () => {
  const pad = " ".repeat(5 * 1024 * 1024 - call.length);
  assert.match(await ask(head(pad.length + call.length) + call + pad, answer), /200 OK/);
});

test("a wrong Host is refused, the port does not matter", async () => {
  for (const [host, want] of [
    ["evil.example", 403],
    ["localhost.evil.example", 403],
    ["localhost", 200],
    [`127.0.0.1:${port}`, 200],
    ["LOCALHOST:1", 200],
  ]) {
    const got = await ask(request.replace("Host: localhost", `Host: ${host}`));
    assert.equal(status(got), want, `${host}: ${got.slice(0, 200)}`);
  }
});

test("a client that closes its sending half still gets its answer", async () => {
  const peer = dial({ allowHalfOpen: true });
  peer.socket.end(request);
  assert.equal(status(await peer.until(answer)), 200);
  await Promise.race([
    peer.end,
    sleep(5000).then(() => assert.fail("the node keeps a half-closed connection")),
  ]);
});

test("a client that closes in the middle harms nobody", async () => {
  for (let i = 1; i < request.length; i += 7) {
    const peer = dial();
    peer.socket.write(request.slice(0, i), () => peer.socket.destroy());
    await peer.end;
  }
  assert.equal(await rpc("eth_chainId"), "0x" + devnet.chainId.toString(16));
});

test("pipelined requests are answered in order", async () => {
  const peer = dial();
  const bodies = Array.from({ length: 20 }, (_, i) =>
    JSON.stringify({ jsonrpc: "2.0", id: 1000 + i, method: "eth_chainId" }),
  );
  peer.socket.write(bodies.map((b) => head(b.length) + b).join(""));
  const got = await peer.until('"id":1019');
  assert.deepEqual(
    [...got.matchAll(/"id":(\d+)/g)].map((m) => Number(m[1])),
    bodies.map((_, i) => 1000 + i),
  );
  peer.socket.destroy();
});

test("a reader that never reads is not buffered without bound", { timeout: 60_000 }, async (t) => {
  const peer = dial();
  peer.socket.pause();
  // Each answer fills the response limit of 25 MiB: a hundred of them would be 2.5 GiB.
  const many = JSON.stringify(
    Array.from({ length: 1000 }, (_, i) => ({
      jsonrpc: "2.0",
      id: i,
      method: "medichain_getModules",
      params: [],
    })),
  );
  for (let i = 0; i < 100; i++) peer.socket.write(head(many.length) + many);
  for (let i = 0; i < 20; i++) {
    await sleep(250);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const resident = Number(/^medichain_process_resident_memory_bytes (\S+)/m.exec(metrics)?.[1]);
    assert.ok(resident > 0 && resident < 1e9, `resident memory ${resident}`);
    if (i === 19) t.diagnostic(`resident memory ${resident}`);
  }
  assert.equal(await rpc("eth_chainId"), "0x" + devnet.chainId.toString(16));
  peer.socket.destroy();
});

test("what is no request gets a status that says so", async () => {
  const cases = [
    ["\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400],
    ["BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 405],
    ["DELETE / HTTP/1.1\r\nHost: localhost\r\n\r\n", 405],
    ["GET /nope HTTP/1.1\r\nHost: localhost\r\n\r\n", 404],
    [request.replace("application/json", "text/plain"), 415],
    [request.replace("Content-Length: ", "Content-Length: 1\r\nContent-Length: "), 400],
    [request.replace("Content-Length: ", "Transfer-Encoding: chunked\r\nContent-Length: "), 400],
    ["POST / HTTP/1.1\r\nHost: localhost\r\nX: " + "a".repeat(20_000) + "\r\n\r\n", 431],
  ];
  for (const [text, want] of cases)
    assert.equal(status(await ask(text)), want, JSON.stringify(text.slice(0, 80)));
});

test("health, readiness and metrics", async () => {
  const get = async (path) => fetch(`${url}${path}`);
  assert.equal((await get("/health")).status, 200);
  const ready = await get("/ready");
  assert.equal(ready.status, 200);
  assert.equal(typeof (await ready.json()), "object");
  const metrics = await (await get("/metrics")).text();
  for (const line of metrics.trim().split("\n"))
    assert.match(line, /^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[^}]*\})? [-+0-9.e]+)$/);
});
