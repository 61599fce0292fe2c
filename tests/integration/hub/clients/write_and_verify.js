// npm's @pact-foundation/pact with a hub: node write_and_verify.js MODULES write FOLDER
//                                         node write_and_verify.js MODULES verify HUB PROVIDER_URL VERSION
const { createRequire } = require("node:module");
const path = require("node:path");

const [modules, what, ...rest] = process.argv.slice(2);
const fromTools = createRequire(path.join(modules, "noop.js"));
const { PactV4, MatchersV3, Verifier } = fromTools("@pact-foundation/pact");

async function write(dir) {
  const pact = new PactV4({ consumer: "js-web", provider: "js-api", dir, logLevel: "fatal" });
  await pact
    .addInteraction()
    .given("bob is there")
    .uponReceiving("a request for bob")
    .withRequest("GET", "/bob")
    .willRespondWith(200, (response) => response.jsonBody({ name: MatchersV3.string("alice") }))
    .executeTest(async (server) => {
      const answer = await fetch(`${server.url}/bob`);
      if (answer.status !== 200) throw new Error(`answered ${answer.status}`);
    });
}

async function verify(hub, url, version) {
  await new Verifier({
    provider: "js-api",
    providerBaseUrl: url,
    pactBrokerUrl: hub,
    consumerVersionSelectors: [{ mainBranch: true }, { deployedOrReleased: true }],
    enablePending: true,
    includeWipPactsSince: "2020-01-01",
    providerVersion: version,
    providerVersionBranch: "main",
    publishVerificationResult: true,
    stateHandlers: { "bob is there": async () => undefined },
    logLevel: "error",
  }).verifyProvider();
}

({ write, verify })[what](...rest).catch((error) => {
  console.error(String(error));
  process.exit(1);
});
