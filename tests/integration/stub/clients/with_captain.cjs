// Every call of npm's wiremock-captain, against the address given.
const assert = require('node:assert');
const { createRequire } = require('node:module');
const captain = createRequire(process.argv[3] + '/')('wiremock-captain');

const url = process.argv[2];
let checked = 0;
const check = (seen, wanted) => { assert.deepStrictEqual(seen, wanted); checked += 1; };
const status = async (path, options) => (await fetch(url + path, options)).status;

(async () => {
  const mock = new captain.WireMock(url);
  await mock.clearAll();
  const made = await mock.register(
    { method: 'POST', endpoint: '/orders', body: { id: 1 }, queryParameters: { page: '2' }, headers: { 'X-A': 'b' }, metadata: { team: 'orders' } },
    { status: 201, body: { made: true }, headers: { 'X-B': 'c' } },
    {
      requestEndpointFeature: captain.EndpointFeature.UrlPath,
      requestHeaderFeatures: { 'X-A': captain.MatchingAttributes.Contains },
      requestIgnoreExtraElements: true, stubPriority: 2,
      responseDelay: { type: captain.DelayType.FIXED, constantDelay: 1 },
    },
  );
  const post = (body, header) => ({ method: 'POST', body: JSON.stringify(body), headers: { 'X-A': header } });
  check(await status('/orders?page=2', post({ id: 1, more: 2 }, 'abc')), 201);
  check(await status('/orders?page=2', post({ id: 2 }, 'abc')), 404);
  check(await status('/orders?page=2', post({ id: 1 }, 'a')), 404);
  await mock.register({ method: 'GET', endpoint: '/broken' }, { status: 200 }, { fault: captain.WireMockFault.EMPTY_RESPONSE });
  await assert.rejects(fetch(`${url}/broken`));
  await mock.register(
    { method: 'GET', endpoint: '/step' }, { status: 202 },
    { scenario: { scenarioName: 'steps', requiredScenarioState: 'Started', newScenarioState: 'two' } },
  );
  check([await status('/step'), await status('/step')], [202, 404]);
  check((await mock.getAllScenarios()).length, 1);
  await mock.resetAllScenarios();
  check(await status('/step'), 202);
  await mock.register(
    { method: 'GET', endpoint: '/told' }, { status: 200, body: 'x {{request.path}}' },
    { responseBodyType: captain.BodyType.Body, responseTransformers: [captain.ResponseTransformer.RESPONSE_TEMPLATE] },
  );
  check(await (await fetch(`${url}/told`)).text(), 'x /told');
  check((await mock.getAllMappings()).length, 4);
  check((await mock.getMapping(made.id)).id, made.id);
  check((await mock.getRequestsForAPI('POST', '/orders?page=2')).length, 3);
  check((await mock.getUnmatchedRequests()).length, 3);
  check((await mock.getAllRequests()).length, 8);
  check((await mock.findMappingByMetadata({ team: 'orders' }, captain.MatchingAttributes.EqualToJson)).length, 1);
  await mock.removeMappingByMetadata({ team: 'orders' }, captain.MatchingAttributes.EqualToJson);
  check((await mock.getAllMappings()).length, 3);
  await mock.clearAllRequests();
  check((await mock.getAllRequests()).length, 0);
  await mock.deleteMapping((await mock.getAllMappings())[0].id);
  await mock.resetMappings();
  await mock.clearAllMappings();
  await mock.clearAllExceptDefault();
  check((await mock.getAllMappings()).length, 0);
  console.log(`${checked} checked`);
})().catch((error) => { console.error(error); process.exit(1); });
