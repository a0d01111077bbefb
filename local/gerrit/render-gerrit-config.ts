import { type GerritAddress, httpUrl } from './gerrit-options';

const INDEXES = ['changes_open', 'changes_closed', 'accounts', 'groups', 'projects'];

/**
 * `etc/gerrit.config` of the local Gerrit.
 *
 * `auth.type = OPENID` without a provider: nobody logs in on the web or becomes an account by asking, while tokens
 * over HTTP and keys over SSH work as on a production server. `change.strictLabels` keeps its default, so that an
 * unknown label is silently dropped here too. Its index is on disk with every write: a Gerrit that is killed forgets up
 * to five minutes of it otherwise, and then no search finds these changes, nor Gerrit itself an account by its name.
 */
export function renderGerritConfig(address: GerritAddress, serverId: string): string {
  return `[gerrit]
	basePath = git
	canonicalWebUrl = ${httpUrl(address)}/
	serverId = ${serverId}
[index]
	type = lucene
${INDEXES.map((index) => `[index "${index}"]\n\tcommitWithin = 0\n`).join('')}[auth]
	type = OPENID
	gitBasicAuthPolicy = HTTP
	userNameCaseInsensitive = true
[httpd]
	listenUrl = ${httpUrl(address)}/
[sshd]
	listenAddress = ${address.host}:${address.sshPort}
	advertisedAddress = ${address.host}:${address.sshPort}
[sendemail]
	enable = false
[cache]
	directory = cache
[receive]
	enableSignedPush = false
[plugins]
	allowRemoteAdmin = false
[log]
	jsonLogging = false
	rotate = true
`;
}
