import { definePrompt } from '@troupe-os/core';

/** Text for a model that writes about a work as its brand would. */
export const describeInBrandVoice = definePrompt({
  name: 'describe-work',
  title: "Describe a work in its brand's voice",
  description: 'Drafts a description for a work, in the voice of the brand that shows it.',
  arguments: [
    { name: 'id', description: 'The id of the work.', required: true },
    { name: 'voice', description: 'How the brand speaks, e.g. "dry, exact, no adjectives".', required: false },
  ],
  attach: ({ id = '' }) => [`asset://${id}`, `asset://${id}/thumbnail-1200`],
  text({ id = '', voice = '' }) {
    const manner =
      voice.trim() === ''
        ? 'Read other works of the same brand first and write as their descriptions do.'
        : `The brand speaks like this: ${voice}.`;
    return [
      `Write a description of the work asset://${id}. What is known of it comes with this, and where it has one, its picture; if not, read it with assets.get.`,
      manner,
      'Two to four sentences. Say what can be seen or heard, and nothing that the record does not tell.',
      'Keep it with assets.save-draft, for a person to accept. Store it with assets.update only when you are told to.',
    ].join('\n');
  },
});
