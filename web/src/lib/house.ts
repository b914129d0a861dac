// Three materials on one grid: records, pictures on a wall, slabs. What a work is decides its material, not who sells it.

export type House = 'zig' | 'wall' | 'vault';

export function houseOf(type: string): House {
  if (type === 'music') return 'zig';
  return type === 'collectible' || type === 'nft' ? 'vault' : 'wall';
}
