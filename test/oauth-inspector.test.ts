// The MCP Inspector's command line signs in with nothing but the address. It is no dependency: TROUPE_TEST_INSPECTOR names its program.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { serveTestKernel } from '@troupe-os/core/testing';
import { mcp } from '@troupe-os/mcp-servers';
import { web } from '@troupe-os/web';
import { expect, test } from 'vitest';
import { createBrowser } from '../mcp-servers/src/testing/browser.ts';
import { answerApp } from '../mcp-servers/src/testing/sign-in.ts';
import { startHouse } from '../plugins/identity/testing/house.ts';
import installation from '../troupe.config.ts';
import { newFolder } from './servers.ts';

const inspector = process.env.TROUPE_TEST_INSPECTOR;
const PASSWORD = 'a night on the pier';

test.runIf(inspector).each(['legacy', 'modern'])(
  'the inspector lists the tools of whoever signs in, in the %s era',
  async (era) => {
    const house = await startHouse(installation.plugins.filter(({ id }) => id !== 'identity'));
    const { url } = await serveTestKernel(house, [mcp(), web()]);
    const { email, caller } = await house.person(['viewer']);
    await house.call(caller, 'identity.set-password', { password: PASSWORD });

    const words = [
      '--cli',
      '--server-url',
      `${url}/mcp/ledger`,
      '--method',
      'tools/list',
      '--format',
      'json',
      '--protocol-era',
      era,
    ];
    const child = spawn(process.execPath, [inspector ?? '', ...words, '--transport', 'http'], {
      env: { PATH: process.env.PATH, HOME: newFolder(), MCP_AUTO_OPEN_ENABLED: 'true' },
    });
    let [said, answer] = ['', ''];
    const asked = Promise.withResolvers<string>();
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const opened = /http:\/\/\S+\/oauth\/authorize\?\S+/.exec(said)?.[0];
      if (opened && said.slice(said.indexOf(opened) + opened.length).startsWith('\n')) asked.resolve(opened);
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      answer += text;
    });
    const ended = once(child, 'close');
    const opened = await Promise.race([asked.promise, ended.then(() => Promise.reject(new Error(said + answer)))]);
    const back = await answerApp(createBrowser(url), opened, { email, password: PASSWORD });
    await fetch(back);
    await ended;

    expect(answer, said).toContain('ledger_list_units');
    expect(answer).not.toContain('ledger_post_entry');
  },
  120_000,
);
