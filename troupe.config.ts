// The whole installation: what is in the house, and the ways into it.
import { roster } from '@troupe-os/agents/roster';
import { chat } from '@troupe-os/bots';
import { defineInstallation } from '@troupe-os/core/installation';
import { mcp } from '@troupe-os/mcp-servers';
import { assetsPlugin } from '@troupe-os/plugin-assets';
import { chartsPlugin } from '@troupe-os/plugin-charts';
import { governancePlugin } from '@troupe-os/plugin-governance';
import { identityPlugin } from '@troupe-os/plugin-identity';
import { ledgerPlugin } from '@troupe-os/plugin-ledger';
import { marketdataWith, ownSales } from '@troupe-os/plugin-marketdata';
import { marketplacePlugin } from '@troupe-os/plugin-marketplace';
import { outsidePlugin } from '@troupe-os/plugin-outside';
import { performancePlugin } from '@troupe-os/plugin-performance';
import { workforceWith } from '@troupe-os/plugin-workforce';
import { web } from '@troupe-os/web';

const installation = defineInstallation({
  plugins: [
    identityPlugin,
    ledgerPlugin,
    assetsPlugin,
    marketplacePlugin,
    marketdataWith([ownSales()]), // chainSales({ … }) and quoteFile({ … }) beside it: docs/operations.md
    workforceWith(roster),
    governancePlugin,
    performancePlugin,
    outsidePlugin,
    chartsPlugin,
  ],
  surfaces: [mcp(), chat(), web()], // the web takes every address that is nobody else's, so it comes last
});

export default installation;
/** What the typed client is inferred from. */
export type Plugins = (typeof installation)['plugins'];
