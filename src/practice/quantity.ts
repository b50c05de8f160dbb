/** Quantities for everything in practice: one reading of them, the practice cluster's own. */
export { quantity } from './cluster/quantity.ts';
