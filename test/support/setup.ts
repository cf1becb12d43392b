import 'reflect-metadata';
import { closeTestDatabases } from './database.js';

// Before each file, of the one that ran before it: by now every hook of that one is over.
await closeTestDatabases();
