#!/usr/bin/env node
// krt on its TypeScript sources, unbuilt: needs a Node that strips types (22.18 or newer).
import { main } from '../main.ts';

await main({ sources: true });
