import { agentsNever, definePlugin, provide } from '@troupe-os/core';
import { access, takeAccess } from './access.ts';
import { acceptInvitation } from './actions/accept-invitation.ts';
import { addPasskey } from './actions/add-passkey.ts';
import { archiveDepartment } from './actions/archive-department.ts';
import { beginAccountLink } from './actions/begin-account-link.ts';
import { beginPasskey } from './actions/begin-passkey.ts';
import { beginPasskeySignIn } from './actions/begin-passkey-sign-in.ts';
import { beginProviderSignIn } from './actions/begin-provider-sign-in.ts';
import { beginWalletSignIn } from './actions/begin-wallet-sign-in.ts';
import { confirmAuthenticator } from './actions/confirm-authenticator.ts';
import { confirmSignIn } from './actions/confirm-sign-in.ts';
import { createBrand } from './actions/create-brand.ts';
import { createDepartment } from './actions/create-department.ts';
import { createLinkAction } from './actions/create-link.ts';
import { createPerson } from './actions/create-person.ts';
import { createRole } from './actions/create-role.ts';
import { createToken } from './actions/create-token.ts';
import { deactivatePerson } from './actions/deactivate-person.ts';
import { deleteRole } from './actions/delete-role.ts';
import { disableAuthenticator } from './actions/disable-authenticator.ts';
import { endAccountCodeAction } from './actions/end-account-code.ts';
import { enrolAuthenticator } from './actions/enrol-authenticator.ts';
import { finishProviderSignIn } from './actions/finish-provider-sign-in.ts';
import { finishWalletSignIn } from './actions/finish-wallet-sign-in.ts';
import { getMe } from './actions/get-me.ts';
import { grantRoleAction } from './actions/grant-role.ts';
import { invitePerson } from './actions/invite-person.ts';
import { linkAccountAction } from './actions/link-account.ts';
import { listAccounts } from './actions/list-accounts.ts';
import { listBrands } from './actions/list-brands.ts';
import { listDepartments } from './actions/list-departments.ts';
import { listIdentities } from './actions/list-identities.ts';
import { listInvitations } from './actions/list-invitations.ts';
import { listMembers } from './actions/list-members.ts';
import { listPasskeys } from './actions/list-passkeys.ts';
import { listPeople } from './actions/list-people.ts';
import { listRoles } from './actions/list-roles.ts';
import { listSessions } from './actions/list-sessions.ts';
import { listTokens } from './actions/list-tokens.ts';
import { listWaysIn } from './actions/list-ways-in.ts';
import { reactivatePerson } from './actions/reactivate-person.ts';
import { redeemLink } from './actions/redeem-link.ts';
import { refreshSession } from './actions/refresh-session.ts';
import { removePasskey } from './actions/remove-passkey.ts';
import { renameDepartment } from './actions/rename-department.ts';
import { renewRecoveryCodesAction } from './actions/renew-recovery-codes.ts';
import { requestLink } from './actions/request-link.ts';
import { restoreDepartment } from './actions/restore-department.ts';
import { revokeInvitationAction } from './actions/revoke-invitation.ts';
import { revokeRoleAction } from './actions/revoke-role.ts';
import { revokeSession } from './actions/revoke-session.ts';
import { revokeToken } from './actions/revoke-token.ts';
import { setPassword } from './actions/set-password.ts';
import { signIn } from './actions/sign-in.ts';
import { signInWithPasskey } from './actions/sign-in-with-passkey.ts';
import { signOut } from './actions/sign-out.ts';
import { unlinkAccount } from './actions/unlink-account.ts';
import { unlinkIdentity } from './actions/unlink-identity.ts';
import { updatePerson } from './actions/update-person.ts';
import { updateRole } from './actions/update-role.ts';
import { addAgent, agentRights, keepAgentTo } from './agents.ts';
import { tokenCommand } from './command.ts';
import { identityPort, signedIn } from './contract.ts';
import { openDepartments } from './departments.ts';
import { activeActors, directory, rolesOf } from './directory.ts';
import { identityErrors } from './errors.ts';
import { appointers } from './grants.ts';
import { endInvitations } from './invitations.ts';
import { sweepExpired } from './jobs.ts';
import { sendLetter, tellOwners } from './letters.ts';
import { heldBy } from './made-tokens.ts';
import { allowApp } from './oauth/allow-app.ts';
import { appErrors } from './oauth/errors.ts';
import { listApps } from './oauth/list-apps.ts';
import { revokeApp } from './oauth/revoke-app.ts';
import { appGrants } from './oauth/schema.ts';
import { brandExists, endAccess, findPerson } from './people.ts';
import { SETTINGS } from './providers.ts';
import {
  accountCodes,
  actors,
  authenticators,
  brands,
  departments,
  grants,
  invitations,
  letters,
  linkedIdentities,
  passkeyChallenges,
  passkeys,
  pendingSignIns,
  people,
  providerSignIns,
  recoveryCodes,
  roles,
  sessions,
  signInLinks,
  tokens,
  walletSignIns,
} from './schema.ts';
import { firstBrands, firstDepartments, firstOwner } from './seeds.ts';
import { signedInAt } from './sessions.ts';
import { WALLET_SETTINGS } from './wallets.ts';

const actions = [
  getMe,
  signIn,
  redeemLink,
  requestLink,
  acceptInvitation,
  confirmSignIn,
  listWaysIn,
  beginProviderSignIn,
  finishProviderSignIn,
  beginWalletSignIn,
  finishWalletSignIn,
  beginPasskeySignIn,
  signInWithPasskey,
  signOut,
  refreshSession,
  setPassword,
  enrolAuthenticator,
  confirmAuthenticator,
  renewRecoveryCodesAction,
  disableAuthenticator,
  listIdentities,
  unlinkIdentity,
  beginAccountLink,
  linkAccountAction,
  endAccountCodeAction,
  unlinkAccount,
  listAccounts,
  beginPasskey,
  addPasskey,
  listPasskeys,
  removePasskey,
  listSessions,
  revokeSession,
  createToken,
  listTokens,
  revokeToken,
  allowApp,
  listApps,
  revokeApp,
  listPeople,
  createPerson,
  updatePerson,
  deactivatePerson,
  reactivatePerson,
  createLinkAction,
  invitePerson,
  listInvitations,
  revokeInvitationAction,
  grantRoleAction,
  revokeRoleAction,
  listRoles,
  createRole,
  updateRole,
  deleteRole,
  listBrands,
  createBrand,
  listDepartments,
  createDepartment,
  renameDepartment,
  archiveDepartment,
  restoreDepartment,
  listMembers,
] as const;

export const identityPlugin = definePlugin({
  id: 'identity',
  version: '0.1.0',
  from: import.meta.url,
  permissions: {
    'identity.me.read': { title: 'See who you are and what you may do', roles: ['guest'], oneProof: true },
    'identity.session.open': { title: 'Sign in', roles: ['guest'], people: true, oneProof: true },
    'identity.session.manage': { title: 'See, extend and end your own sessions', roles: ['guest'], people: true, oneProof: true },
    'identity.password.set': { title: 'Set your own password', roles: ['guest'], people: true, oneProof: true },
    'identity.second-factor.manage': {
      title: 'Protect your own sign-in with an authenticator',
      roles: ['guest'],
      people: true,
      oneProof: true,
    },
    'identity.link.manage': {
      title: 'See and end what accounts elsewhere sign you in',
      roles: ['guest'],
      people: true,
      oneProof: true,
    },
    // not with one proof where two are asked for: an account in a chat is asked for none
    'identity.account.link': { title: 'Link an account of yours in a chat', roles: ['guest'], people: true },
    // nobody's but the house's own
    'identity.account.vouch': { title: 'Say whose an account in a chat is', roles: [] },
    'identity.token.manage': { title: 'Make, see and end your own access tokens', roles: ['guest'], people: true },
    'identity.app.manage': { title: 'Let apps act for you, see them and end their access', roles: ['guest'], people: true },
    'identity.passkey.manage': { title: 'Add, see and remove your own passkeys', roles: ['guest'], people: true, oneProof: true },
    'identity.brand.read': { title: 'See the brands', roles: ['guest'] },
    'identity.brand.create': { title: 'Add brands', roles: ['admin'], people: true },
    'identity.department.read': { title: 'See the departments', roles: ['viewer'], auditor: true },
    'identity.department.manage': { title: 'Add, rename, archive and restore departments', roles: ['admin'], people: true },
    'identity.person.read': { title: 'See people and their roles', roles: ['admin'], auditor: true },
    'identity.person.manage': {
      title: 'Invite, add, change and deactivate people, and make their sign-in links',
      roles: ['admin'],
      people: true,
    },
    'identity.role.grant': { title: 'Give and take roles below Owner', roles: ['admin'], people: true },
    'identity.auditor-role.grant': { title: 'Give and take the role Auditor', roles: ['owner'], people: true },
    'identity.role.read': { title: 'See the roles and what they hold', roles: ['admin'], auditor: true },
    'identity.role.define': { title: 'Make, change and delete roles of the company', roles: ['admin'], people: true },
    'identity.owner-role.grant': { title: 'Give and take the role Owner', roles: ['owner'], people: true },
    'identity.credential.read': {
      title: "See the records of everybody's sessions, tokens and links",
      roles: ['admin'],
      auditor: true,
      people: true,
    },
  },
  tables: {
    brands: { table: brands, read: 'identity.brand.read', hidden: [], unrecorded: [] },
    roles: { table: roles, read: 'identity.role.read', hidden: [], unrecorded: [] },
    departments: { table: departments, read: 'identity.department.read', hidden: [], unrecorded: [] },
    actors: {
      table: actors,
      read: 'identity.person.read',
      own: 'id',
      hidden: [],
      unrecorded: [],
      codes: ['kind', 'actions'],
      personal: { columns: ['name'] },
    },
    // no address of a person stands in the record, where it could not be forgotten
    people: {
      table: people,
      read: 'identity.person.read',
      own: 'actorId',
      hidden: ['passwordHash'],
      unrecorded: ['email', 'passwordHash'],
      personal: { email: 'email', columns: ['email', 'passwordHash', 'passwordSetAt'] },
    },
    grants: { table: grants, read: 'identity.person.read', own: 'actorId', hidden: [], unrecorded: [] },
    sessions: {
      table: sessions,
      read: 'identity.credential.read',
      own: 'actorId',
      hidden: ['tokenHash'],
      unrecorded: ['tokenHash'],
      personal: { columns: 'row' },
    },
    authenticators: {
      table: authenticators,
      read: 'identity.credential.read',
      own: 'actorId',
      hidden: ['enrolment'],
      unrecorded: ['enrolment'],
      personal: { columns: 'row' },
    },
    recoveryCodes: {
      table: recoveryCodes,
      read: 'identity.credential.read',
      own: 'actorId',
      hidden: ['codeHash'],
      unrecorded: ['codeHash'],
      personal: { columns: 'row' },
    },
    pendingSignIns: {
      table: pendingSignIns,
      read: 'identity.credential.read',
      own: 'actorId',
      hidden: ['tokenHash'],
      unrecorded: ['tokenHash'],
      personal: { columns: 'row' },
    },
    linkedIdentities: {
      table: linkedIdentities,
      read: 'identity.credential.read',
      own: 'actorId',
      hidden: [],
      unrecorded: ['subject', 'label'],
      personal: { columns: 'row' },
    },
    accountCodes: {
      table: accountCodes,
      read: 'identity.credential.read',
      own: 'actorId',
      hidden: ['codeHash'],
      unrecorded: ['codeHash'],
      personal: { columns: 'row' },
    },
    providerSignIns: {
      table: providerSignIns,
      read: 'identity.credential.read',
      own: 'actorId',
      hidden: ['stateHash', 'bindingHash', 'askedFrom'],
      unrecorded: ['stateHash', 'bindingHash', 'askedFrom'],
      personal: { columns: 'row' },
    },
    walletSignIns: {
      table: walletSignIns,
      read: 'identity.credential.read',
      own: 'actorId',
      hidden: ['nonceHash', 'askedFrom'],
      unrecorded: ['nonceHash', 'address', 'askedFrom'],
      personal: { columns: 'row' },
    },
    passkeys: {
      table: passkeys,
      read: 'identity.credential.read',
      own: 'actorId',
      hidden: ['publicKey'],
      unrecorded: ['credentialId', 'publicKey'],
      personal: { columns: 'row' },
    },
    passkeyChallenges: {
      table: passkeyChallenges,
      read: 'identity.credential.read',
      own: 'actorId',
      hidden: ['challengeHash', 'askedFrom'],
      unrecorded: ['challengeHash', 'askedFrom'],
      personal: { columns: 'row' },
    },
    tokens: {
      table: tokens,
      read: 'identity.credential.read',
      own: 'actorId',
      hidden: ['tokenHash'],
      unrecorded: ['tokenHash'],
      personal: { columns: 'row' },
    },
    appGrants: { table: appGrants, read: 'identity.credential.read', own: 'actorId', hidden: [], unrecorded: [] },
    invitations: {
      table: invitations,
      read: 'identity.person.read',
      own: 'invitedBy',
      hidden: ['tokenHash'],
      unrecorded: ['tokenHash', 'email'],
      personal: { of: 'personId', email: 'email', columns: ['name', 'email'] },
    },
    letters: {
      table: letters,
      read: 'identity.credential.read',
      hidden: ['account', 'address'],
      unrecorded: ['account', 'address'],
      personal: { of: 'actorId', columns: ['account', 'askedFrom', 'address'] },
    },
    signInLinks: {
      table: signInLinks,
      read: 'identity.credential.read',
      own: 'actorId',
      hidden: ['tokenHash'],
      unrecorded: ['tokenHash'],
      personal: { columns: 'row' },
    },
  },
  errors: [identityErrors, appErrors],
  settings: { ...SETTINGS, ...WALLET_SETTINGS },
  actions,
  policies: [
    agentsNever(
      'identity',
      actions.filter(({ effect }) => effect === 'write').map(({ name }) => name),
    ),
  ],
  events: [signedIn],
  jobs: [sweepExpired, sendLetter],
  seeds: [firstBrands, firstDepartments, firstOwner],
  provides: [
    provide(identityPort, (ctx) => ({
      createActor: async (agent) => ({ actorId: await addAgent(ctx, agent) }),
      agent: (actorId) => agentRights(ctx.db, actorId),
      keepAgentTo: (actorId, actions) => keepAgentTo(ctx, actorId, actions),
      brandExists: (brandId) => brandExists(ctx, brandId),
      appointers: (actorId, since) => appointers(ctx, actorId, since),
      held: (actorIds) => heldBy(ctx, actorIds),
      endInvitations: (actorId) => endInvitations(ctx, actorId),
      signedInAt: (credential) => signedInAt(ctx, credential),
      holders: () => activeActors(ctx.db),
      rolesOf: (actorIds) => rolesOf(ctx.db, actorIds),
      openDepartments: () => openDepartments(ctx.db),
      findPerson: (who) => findPerson(ctx, who),
      access: (only) => access(ctx, only),
      takeAccess: (taken) => takeAccess(ctx, taken),
      endAccess: (person) => endAccess(ctx, person),
      tellOwners: (letter) => tellOwners(ctx, letter),
    })),
  ],
  commands: [tokenCommand],
  startNotice: {
    action: createLinkAction,
    input: {},
    say: ({ link }: { link: string }, publicUrl) =>
      `sign in as the Owner, once and within 15 minutes: ${publicUrl}/sign-in/link?token=${link}`,
  },
  directory,
});
