// What the provider may store among core's artefacts, and why none of it is anybody's record. What a person allowed and ended is: identity.app_grants.

export const KINDS: Readonly<Record<string, string>> = {
  Interaction: 'a question on its way to a person, for a quarter of an hour',
  Grant: "the provider's copy of a yes, which ends with it",
  AuthorizationCode: 'good for a minute and for one use',
  AccessToken: 'renewed by a program every ten minutes; what it stands for is the yes',
  RefreshToken: 'renewed each time that it is used; its second use ends the yes, and that is recorded',
  Client: 'what a program says of itself, of which nothing is believed; it goes after a day without a yes',
};

/** How long a registration waits for a person's yes. */
export const REGISTRATION_SECONDS = 86_400;
