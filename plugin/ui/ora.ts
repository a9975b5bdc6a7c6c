/** In a module of its own, to load when it is needed: in a bundle, what it shares with others would be one more file. */
export { default as ora } from 'ora';
