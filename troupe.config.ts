// The whole installation: what is in the house, and the ways into it.
import { defineInstallation } from '@troupe-os/core/installation';
import { governancePlugin } from '@troupe-os/plugin-governance';
import { identityPlugin } from '@troupe-os/plugin-identity';
import { ledgerPlugin } from '@troupe-os/plugin-ledger';

const installation = defineInstallation({
  plugins: [identityPlugin, ledgerPlugin, governancePlugin],
  surfaces: [],
});

export default installation;
/** What the typed client is inferred from. */
export type Plugins = (typeof installation)['plugins'];
