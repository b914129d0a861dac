// The whole installation: what is in the house, and the ways into it.
import { defineInstallation } from '@troupe-os/core/installation';
import { mcp } from '@troupe-os/mcp-servers';
import { assetsPlugin } from '@troupe-os/plugin-assets';
import { governancePlugin } from '@troupe-os/plugin-governance';
import { identityPlugin } from '@troupe-os/plugin-identity';
import { ledgerPlugin } from '@troupe-os/plugin-ledger';
import { marketplacePlugin } from '@troupe-os/plugin-marketplace';

const installation = defineInstallation({
  plugins: [identityPlugin, ledgerPlugin, assetsPlugin, marketplacePlugin, governancePlugin],
  surfaces: [mcp()],
});

export default installation;
/** What the typed client is inferred from. */
export type Plugins = (typeof installation)['plugins'];
