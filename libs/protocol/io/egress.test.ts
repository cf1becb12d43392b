import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusalOf } from '../test/refusal.js';
import { egressRule, LOOPBACK_TOO, networkList, OFFICE_TOO, PUBLIC_ONLY, type ResolveName } from './egress.js';
import { undiciNetwork } from './undici-network.js';

describe('an address', () => {
  const allows = egressRule(PUBLIC_ONLY);

  it.each(['93.184.215.14', '8.8.8.8', '172.32.0.1', '2606:2800:21f:cb07:6820:80da:af6b:8b2c', '::ffff:8.8.8.8'])(
    '%s of the public internet is reached',
    (address) => {
      expect(allows(address)).toBe(true);
    },
  );

  it.each([
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '0:0:0:0:0:ffff:a9fe:a9fe',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fd12:3456::1',
    'ff02::1',
    '2001:0:4136:e378:8000:63bf:3fff:fdd2',
    '2002:7f00:1::',
    '2001:db8::1',
    'localhost',
    '',
  ])('W11: %s is not reached', (address) => {
    expect(allows(address)).toBe(false);
  });

  it('of this machine is reached where the anchor is on loopback, of an office from its command line', () => {
    expect(egressRule(LOOPBACK_TOO)('127.0.0.1')).toBe(true);
    expect(egressRule(LOOPBACK_TOO)('10.0.0.1')).toBe(false);
    expect(egressRule(OFFICE_TOO)('10.0.0.1')).toBe(true);
    expect(egressRule(OFFICE_TOO)('169.254.169.254')).toBe(false);
  });

  it('of a network that the operator opens is reached, and its neighbour is not', () => {
    const rule = egressRule({ loopback: false, networks: ['10.20.0.0/16', 'fd00:20::/32'] });
    expect(['10.20.1.1', 'fd00:20::1', '10.21.0.1', 'fd00:21::1'].map(rule)).toEqual([true, true, false, false]);
  });

  it.each(['10.20.0.0', '10.20.0.0/33', '10.20.0.0/8/8', 'example.org/8', '/8', 'fd00::/129', '10.0.0.0/-1'])(
    '`%s` is no network',
    (text) => {
      expect(() => networkList([text])).toThrow(TypeError);
    },
  );
});

const call = (url: string) => ({ method: 'GET', url, timeoutMs: 2_000, maxBytes: 1_000 }) as const;

/** One address that may be reached and one that may not. */
const mixed: ResolveName = (_name, _options, callback) =>
  callback(null, [
    { address: '127.0.0.1', family: 4 },
    { address: '10.0.0.7', family: 4 },
  ]);

describe('a connection', () => {
  let server: Server;
  let port: number;
  let reached = 0;
  beforeAll(async () => {
    server = createServer((_request, response) => {
      reached += 1;
      response.end('{}');
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it.each(['127.0.0.1', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '0x7f.1', '2130706433', '127.1', 'localhost'])(
    'W11: to http://%s, this machine in any spelling, is not opened by a node below a public anchor',
    async (host) => {
      const network = undiciNetwork({ egress: PUBLIC_ONLY });
      reached = 0;
      expect(await refusalOf(() => network.request(call(`http://${host}:${port}/`)))).toMatchObject({
        code: 'network_failed',
      });
      expect(reached).toBe(0);
      await network.close();
    },
  );

  it('W11: goes to the address that was checked, also where the name leads elsewhere the second time', async () => {
    let asked = 0;
    const resolve: ResolveName = (_name, _options, callback) => {
      asked += 1;
      // What a rebinding name server answers: harmless to the check, the victim to whoever asks again.
      callback(null, [{ address: asked === 1 ? '127.0.0.2' : '169.254.169.254', family: 4 }]);
    };
    const network = undiciNetwork({ egress: LOOPBACK_TOO, resolve });
    reached = 0;
    // 127.0.0.2 is this machine too, and nothing listens there: what was checked is what was tried.
    await refusalOf(() => network.request(call(`http://node.example:${port}/`)));
    expect({ asked, reached }).toEqual({ asked: 1, reached: 0 });
    expect(await refusalOf(() => network.request(call(`http://node.example:${port}/`)))).toMatchObject({
      code: 'network_failed',
    });
    await network.close();
  });

  it('W11: one inner address among good ones refuses the name', async () => {
    const network = undiciNetwork({ egress: LOOPBACK_TOO, resolve: mixed });
    reached = 0;
    await refusalOf(() => network.request(call(`http://node.example:${port}/`)));
    expect(reached).toBe(0);
    const open = undiciNetwork({ egress: { loopback: true, networks: ['10.0.0.0/24'] }, resolve: mixed });
    expect(await open.request(call(`http://node.example:${port}/`))).toMatchObject({ status: 200 });
    await Promise.all([network.close(), open.close()]);
  });

  it('W11: to a unix socket or another scheme is not opened', async () => {
    const network = undiciNetwork({ egress: OFFICE_TOO });
    for (const url of ['unix:/var/run/docker.sock', 'http+unix://%2Fvar%2Frun%2Fdocker.sock/', 'file:///etc/passwd']) {
      expect(await refusalOf(() => network.request(call(url)))).toMatchObject({ code: 'network_failed' });
    }
    await network.close();
  });
});
