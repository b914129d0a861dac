// Governance offers nothing to other plugins yet: what it knows is reached by its actions.
export {};
