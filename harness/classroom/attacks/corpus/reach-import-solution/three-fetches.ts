export { fetchAll } from '../../solutions/03-three-fetches/three-fetches.ts';
