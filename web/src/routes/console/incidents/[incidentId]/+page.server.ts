import { ClientError } from '@troupe-os/core/client';
import { idsIn, nameOf } from '#lib/names.ts';
import { done } from '#lib/server/done.ts';
import { textOf } from '#lib/server/form-text.ts';
import { assertMayEnter, holds, mayEnter } from '#lib/server/me.ts';
import { actorsOf, namesFrom } from '#lib/server/names.ts';
import { notYet, refusal } from '#lib/server/refusal.ts';
import { actorOf, subjectOf } from '../../subject.ts';
import type { Actions, PageServerLoad } from './$types';
import { evidenceOf } from './evidence.ts';

export const load: PageServerLoad = async ({ locals, params }) => {
  const me = await assertMayEnter(locals, 'incidents');
  const incident = await locals.api.governance.getIncident({ incidentId: params.incidentId });
  const [actors, evidence] = await Promise.all([
    actorsOf(locals),
    mayEnter(me, 'audit') ? evidenceOf(locals.api, incident) : undefined,
  ]);
  const { assignee, acknowledgedBy, resolvedBy, notes, subject, summary } = incident;
  const spoken = [
    actorOf(subject),
    assignee,
    acknowledgedBy,
    resolvedBy,
    ...notes.map(({ author }) => author),
    ...idsIn(summary),
  ];
  const names = {
    ...namesFrom(actors, new Set([...spoken, ...(evidence ?? []).map(({ actor }) => actor)])),
    [me.id]: `${me.name} (you)`,
  };
  const about = subjectOf(subject, names);
  const mayManage = holds(me, 'governance.incident.manage');
  return {
    incident,
    names,
    evidence,
    about: { text: about.text, href: about.link && mayEnter(me, about.link.part) ? about.link.href : undefined },
    mayManage,
    people: mayManage && incident.state !== 'resolved' ? peopleFor(actors, me) : [],
    ownId: me.id,
  };
};

/** Whom it can be given to: oneself first. */
function peopleFor(actors: Awaited<ReturnType<typeof actorsOf>>, me: { id: string; name: string }) {
  const others = actors.filter(({ id, kind, isActive }) => kind === 'person' && isActive && id !== me.id);
  return [{ value: me.id, label: `${me.name} (you)` }, ...others.map(({ id, name }) => ({ value: id, label: name }))];
}

export const actions: Actions = {
  acknowledge: ({ locals, params: { incidentId } }) =>
    told(locals, incidentId, 'You have seen it, on record. It is not resolved by that.', {}, () =>
      locals.api.governance.acknowledgeIncident({ incidentId }),
    ),
  assign: async ({ locals, params: { incidentId }, request }) => {
    const personId = textOf(await request.formData(), 'person') ?? '';
    return told(locals, incidentId, 'Assigned.', {}, () => locals.api.governance.assignIncident({ incidentId, personId }));
  },
  note: async ({ locals, params: { incidentId }, request }) => {
    const text = textOf(await request.formData(), 'text');
    if (!text) return notYet('Write what you found.', {});
    return done('Noted.', () => locals.api.governance.noteIncident({ incidentId, text }), { text });
  },
  resolve: async ({ locals, params: { incidentId }, request }) => {
    const resolution = textOf(await request.formData(), 'resolution');
    if (!resolution) return notYet('Say what it was, and what was done.', {});
    return told(locals, incidentId, 'Resolved. What is found from now on is a new incident.', { text: resolution }, () =>
      locals.api.governance.resolveIncident({ incidentId, resolution }),
    );
  },
};

/** Whoever comes too late is told who was there before, and keeps what they typed. */
async function told(locals: App.Locals, incidentId: string, said: string, kept: { text?: string }, act: () => Promise<unknown>) {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof ClientError) || error.code !== 'governance.incident_state') return refusal(error, kept);
    const { state, resolvedBy, acknowledgedBy } = await locals.api.governance.getIncident({ incidentId });
    const by = (state === 'resolved' ? resolvedBy : acknowledgedBy) ?? '';
    const who = nameOf(namesFrom(await actorsOf(locals)), by);
    const meanwhile = by ? `${who} has ${state} this incident meanwhile.` : 'An incident is acknowledged before it is resolved.';
    const rest = kept.text ? ' What you wrote is not on record: it stands below, to be added as a note.' : '';
    return refusal(new ClientError(error.status, { code: error.code, message: meanwhile + rest }), kept);
  }
  return { done: said };
}
