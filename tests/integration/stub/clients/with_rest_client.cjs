// Every service of npm's wiremock-rest-client, against the address given.
const assert = require('node:assert');
const { createRequire } = require('node:module');
const { WireMockRestClient } = createRequire(process.argv[3] + '/')('wiremock-rest-client');

const url = process.argv[2];
let checked = 0;
const check = (seen, wanted) => { assert.deepStrictEqual(seen, wanted); checked += 1; };
const status = async (path, options) => (await fetch(url + path, options)).status;

(async () => {
  const client = new WireMockRestClient(url, { logLevel: 'silent' });
  await client.mappings.deleteAllMappings();
  const made = await client.mappings.createMapping({
    request: { method: 'GET', urlPath: '/hello' }, response: { status: 200, body: 'hi' }, metadata: { team: 'orders' },
  });
  check(await status('/hello'), 200);
  check((await client.mappings.getAllMappings()).meta.total, 1);
  check((await client.mappings.getMapping(made.id)).id, made.id);
  await client.mappings.updateMapping(made.id, { ...made, response: { status: 202 } });
  check(await status('/hello?x=1'), 202);
  check((await client.mappings.findByMetaData({ matchesJsonPath: '$.team' })).mappings.length, 1);
  await client.mappings.removeByMetaData({ matchesJsonPath: '$.other' });
  check(await status('/helo'), 404);
  check((await client.requests.getAllRequests()).meta.total, 3);
  check((await client.requests.getCount({ method: 'GET', urlPath: '/hello' })).count, 2);
  check((await client.requests.findRequests({ method: 'GET', urlPath: '/hello' })).requests.length, 2);
  check((await client.requests.getUnmatchedRequests()).requests.length, 1);
  check((await client.requests.getUnmatchedNearMisses()).nearMisses.length, 1);
  check((await client.requests.getNearMissesByRequest({ url: '/helo', method: 'GET' })).nearMisses.length, 1);
  check((await client.requests.getNearMissesByRequestPattern({ url: '/helo', method: 'GET' })).nearMisses.length, 3);
  await client.requests.removeRequestsByMetadata({ matchesJsonPath: '$.other' });
  const [last] = (await client.requests.getAllRequests()).requests;
  check((await client.requests.getRequest(last.id)).id, last.id);
  await client.requests.deleteRequest(last.id);
  await client.requests.removeRequests({ method: 'GET', urlPath: '/hello' });
  check((await client.requests.getAllRequests()).meta.total, 0);
  await client.mappings.createMapping({
    scenarioName: 'todo', requiredScenarioState: 'Started', newScenarioState: 'done',
    request: { method: 'GET', url: '/todo' }, response: { status: 201 },
  });
  check([await status('/todo'), await status('/todo')], [201, 404]);
  check((await client.scenarios.getAllScenarios()).scenarios[0].state, 'done');
  await client.scenarios.setScenarioState('todo', 'Started');
  await client.scenarios.setScenarioState('todo', 'done');
  await client.scenarios.resetScenario('todo');
  check(await status('/todo'), 201);
  await client.scenarios.resetAllScenarios();
  check(await status('/todo'), 201);
  await client.global.updateGlobalSettings({ fixedDelay: 1 });
  check((await client.recordings.getRecordingStatus()).status, 'NeverStarted');
  check((await client.recordings.takeSnapshotRecording({})).mappings.length, 0);
  await client.requests.resetAllRequests();
  await client.mappings.deleteMapping(made.id);
  await client.mappings.resetAllMappings();
  await client.global.resetAll();
  check((await client.mappings.getAllMappings()).meta.total, 0);
  console.log(`${checked} checked`);
})().catch((error) => { console.error(error); process.exit(1); });
