// Write pacts of V2, V3 and V4 with @pact-foundation/pact: node write.js MODULES FOLDER
const { createRequire } = require("node:module");
const path = require("node:path");

const [modules, dir] = process.argv.slice(2);
const fromTools = createRequire(path.join(modules, "noop.js"));
const { PactV2, MatchersV2, PactV3, PactV4, MatchersV3, MessageConsumerPact } =
  fromTools("@pact-foundation/pact");
const state = "an order exists";
const quiet = { dir, logLevel: "fatal", provider: "orders" };
const m = MatchersV3;

const orderV2 = {
  id: MatchersV2.like(7),
  status: MatchersV2.term({ generate: "open", matcher: "^(open|paid)$" }),
  lines: MatchersV2.eachLike({ sku: MatchersV2.string("a-1"), "it is": MatchersV2.like(true) }),
  address: MatchersV2.like({ street: "Main St 1", "a.b": { "ключ": "é" } }),
  currency: "EUR",
};

const orderV3 = {
  id: m.like(7),
  status: m.regex("^(open|paid)$", "open"),
  lines: m.eachLike({ sku: m.string("a-1"), "it is": m.boolean(true) }),
  address: m.like({ street: "Main St 1", "a.b": { "ключ": "é" } }),
  currency: "EUR",
  count: m.integer(3),
  total: m.decimal(12.5),
  weight: m.number(2),
  paid: m.boolean(false),
  deleted: m.nullValue(),
  uuid: m.uuid("936da01f-9abd-4d9d-80c7-02af85c822a8"),
  day: m.date("yyyy-MM-dd", "2025-01-15"),
  "short day": m.date("dd.MM.yy", "15.01.25"),
  hour: m.time("HH:mm:ss", "10:30:00"),
  at: m.datetime("yyyy-MM-dd'T'HH:mm:ssXXX", "2025-01-15T10:30:00+01:00"),
  remark: m.includes("thank"),
  tags: m.constrainedArrayLike("t", 2, 4),
};

const orderV4 = {
  ...orderV3,
  exactly: m.equal({ a: [1, 2.5, "x"] }),
  prices: m.eachKeyLike("aa", m.decimal(1.5)),
  codes: m.arrayContaining(m.integer(1), { kind: "last" }),
};

async function call(url) {
  const answer = await fetch(`${url}/orders/7?full=yes&tag=a`, { headers: { Accept: "application/json" } });
  await answer.json();
}

async function writeV2() {
  const pact = new PactV2({ ...quiet, consumer: "web-V2", spec: 2 });
  await pact.setup();
  await pact.addInteraction({
    state,
    uponReceiving: "a request for an order",
    withRequest: {
      method: "GET",
      path: MatchersV2.term({ generate: "/orders/7", matcher: "^/orders/\\d+$" }),
      query: { full: "yes", tag: MatchersV2.term({ generate: "a", matcher: "^[a-z]+$" }) },
      headers: { Accept: "application/json" },
    },
    willRespondWith: { status: 200, body: orderV2 },
  });
  await call(pact.mockService.baseUrl);
  await pact.verify();
  await pact.finalize();
}

async function writeV3() {
  const pact = new PactV3({ ...quiet, consumer: "web-V3" });
  await pact
    .given(state)
    .uponReceiving("a request for an order")
    .withRequest({
      method: "GET",
      path: m.regex("^/orders/\\d+$", "/orders/7"),
      query: { full: "yes", tag: m.regex("^[a-z]+$", "a") },
      headers: { Accept: "application/json" },
    })
    .willRespondWith({ status: 200, headers: { "X-Version": m.regex("^\\d+$", "1") }, body: orderV3 })
    .executeTest((server) => call(server.url));
}

async function writeV4() {
  const pact = new PactV4({ ...quiet, consumer: "web-V4" });
  await pact
    .addInteraction()
    .given(state)
    .uponReceiving("a request for an order")
    .withRequest("GET", m.regex("^/orders/\\d+$", "/orders/7"), (builder) => {
      builder.query({ full: "yes", tag: m.regex("^[a-z]+$", "a") }).headers({ Accept: "application/json" });
    })
    .willRespondWith(200, (builder) => {
      builder.headers({ "X-Version": m.regex("^\\d+$", "1") }).jsonBody(orderV4);
    })
    .executeTest((server) => call(server.url));
}

async function writeMessages() {
  for (const [consumer, spec, content] of [
    ["mail-V3", 3, orderV3],
    ["mail-V4", 4, orderV4],
  ]) {
    const pact = new MessageConsumerPact({ ...quiet, consumer, spec });
    await pact
      .given(state)
      .expectsToReceive("an order was placed")
      .withContent(content)
      .withMetadata({ contentType: "application/json" })
      .verify(async () => {});
  }
}

async function writeQuestion() {
  const pact = new PactV4({ ...quiet, consumer: "sync-V4" });
  await pact
    .addSynchronousInteraction("a quote")
    .withRequest((builder) => builder.withJSONContent({ sku: "a" }))
    .withResponse((builder) => builder.withJSONContent(orderV4))
    .executeTest(async () => {});
}

async function main() {
  await writeV2();
  await writeV3();
  await writeV4();
  await writeMessages();
  await writeQuestion();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
