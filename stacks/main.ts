import { loadConfig } from './config/load';
import { defineStack } from './program';

/** The program Pulumi runs; what it resolves to are the stack's outputs. */
export = async () => defineStack(loadConfig());
