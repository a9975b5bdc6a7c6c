/** In a module of its own, to load when it is needed: in a bundle, `import('yaml')` itself has no named exports. */
export { parse as parseYaml } from 'yaml';
