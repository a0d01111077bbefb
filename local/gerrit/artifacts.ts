/** Gerrit's version here: the newest whose whole server is in Maven artifacts. */
export const GERRIT_VERSION = '3.13.5';

/** A jar, named as Maven names it (`group:artifact:version`) and pinned by content. */
export interface MavenArtifact {
  readonly coordinates: string;
  readonly sha256: string;
}

/** File name of a jar as Maven writes it. */
export function jarName(artifact: MavenArtifact): string {
  const [, name, version] = artifact.coordinates.split(':');
  return `${name}-${version}.jar`;
}

/**
 * What Gerrit runs from. The plug-in API and the acceptance framework together hold the whole server, launcher
 * included; there is no need of a WAR. The order is that of the class path: the launcher's jar comes first.
 */
export const GERRIT_ARTIFACTS: readonly MavenArtifact[] = [
  {
    coordinates: `com.google.gerrit:gerrit-plugin-api:${GERRIT_VERSION}`,
    sha256: '44d6a5e646ffc1bf9f8322f03046fd381b0cf51c1d4cc7d6bec9c5106dc1304d',
  },
  {
    coordinates: `com.google.gerrit:gerrit-acceptance-framework:${GERRIT_VERSION}`,
    sha256: 'c301a154e777eb69c9b8904c3dbac1e70b4924ab7aeecf1f874d3cfd45bb5961',
  },
  {
    coordinates: 'org.bouncycastle:bcprov-jdk18on:1.80',
    sha256: 'e8ad209f8c58d291a37ca9750e9e9fac60596956c983e49dd8282381dd8b3249',
  },
  {
    coordinates: 'org.bouncycastle:bcpkix-jdk18on:1.80',
    sha256: '4f4ba6a92617ea19dc183f0fa5db492eee426fdde2a0a2d6c94777ffd1af6413',
  },
  {
    coordinates: 'org.bouncycastle:bcutil-jdk18on:1.80',
    sha256: '22eca687f7955411f456af33e6ea8e68fc73cd80cb8b32aa5f7a8b1827d7c678',
  },
  {
    coordinates: 'org.bouncycastle:bcpg-jdk18on:1.80',
    sha256: '3799a0d53511b860780af43c44ae8e0519afabb263195af40174f46312cd58bd',
  },
];
