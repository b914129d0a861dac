// The house that is killed: all that holds data, and no surface, so that it starts quickly. REST is there by itself.
import { defineInstallation } from '../../../core/src/installation.ts';
import { assetsPlugin } from '../../../plugins/assets/src/index.ts';
import { governancePlugin } from '../../../plugins/governance/src/index.ts';
import { identityPlugin } from '../../../plugins/identity/src/index.ts';
import { ledgerPlugin } from '../../../plugins/ledger/src/index.ts';
import { marketplacePlugin } from '../../../plugins/marketplace/src/index.ts';
import { workforcePlugin } from '../../../plugins/workforce/src/index.ts';

export default defineInstallation({
  plugins: [identityPlugin, ledgerPlugin, assetsPlugin, marketplacePlugin, workforcePlugin, governancePlugin],
  surfaces: [],
});
