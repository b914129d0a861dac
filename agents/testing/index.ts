// For tests of agents and channels: a house with people, and a model that says what it is told to.
export { type AgentHouse, startAgentHouse } from './house.ts';
export { lettersPlugin } from './letters.ts';
export { SCRIPTED_PRICE, scriptedModel } from './scripted-model.ts';
