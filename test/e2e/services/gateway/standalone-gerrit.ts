export { type StandaloneGerrit, startStandaloneGerrit } from '../../../../local/gerrit/standalone-gerrit';
