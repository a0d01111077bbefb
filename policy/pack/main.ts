import { PolicyPack } from '@pulumi/policy';
import { policies } from './policies';

new PolicyPack('seakeeper', { policies: policies(), enforcementLevel: 'mandatory' });
