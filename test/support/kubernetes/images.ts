/** Container images made on the spot: Debian's static busybox and one script as the entrypoint. */
import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '../processes.ts';

export interface Image {
  /** Names that it gets, such as `registry.example.com/checkout:1.4`. */
  readonly names: readonly string[];
  readonly entrypoint: readonly string[];
  /** Files besides busybox, by absolute path; all are executable. */
  readonly files?: Readonly<Record<string, string>>;
}

const busybox = '/bin/busybox';

/**
 * Writes an image as a docker-archive, which `ctr images import` and `docker load` read.
 * @param dir a scratch folder of its own
 * @returns the archive's path
 */
export async function buildImage(image: Image, dir: string): Promise<string> {
  const rootfs = join(dir, 'rootfs');
  await mkdir(join(rootfs, 'bin'), { recursive: true });
  for (const folder of ['tmp', 'etc', 'proc', 'sys', 'dev']) await mkdir(join(rootfs, folder));
  await copyFile(busybox, join(rootfs, 'bin/busybox'));
  const applets = (await mustRun(busybox, ['--list'], { timeoutMs: 10_000 })).trim().split('\n');
  await Promise.all(
    applets
      .filter((applet) => applet !== 'busybox')
      .map((applet) => symlink('busybox', join(rootfs, 'bin', applet))),
  );
  for (const [path, text] of Object.entries(image.files ?? {})) {
    await mkdir(join(rootfs, path, '..'), { recursive: true });
    await writeFile(join(rootfs, path), text);
    await chmod(join(rootfs, path), 0o755);
  }
  const archive = join(dir, 'archive');
  await mkdir(archive);
  await mustRun(
    'tar',
    ['--owner=0', '--group=0', '--numeric-owner', '-cf', join(archive, 'layer.tar'), '-C', rootfs, '.'],
    { timeoutMs: 60_000 },
  );
  const layer = await readFile(join(archive, 'layer.tar'));
  const config = JSON.stringify({
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    created: '2026-01-01T00:00:00Z',
    config: { Entrypoint: image.entrypoint, Env: ['PATH=/bin'], WorkingDir: '/' },
    rootfs: { type: 'layers', diff_ids: [`sha256:${createHash('sha256').update(layer).digest('hex')}`] },
    history: [{ created: '2026-01-01T00:00:00Z', created_by: 'oncall-agent tests' }],
  });
  const configName = `${createHash('sha256').update(config).digest('hex')}.json`;
  await writeFile(join(archive, configName), config);
  await writeFile(
    join(archive, 'manifest.json'),
    JSON.stringify([{ Config: configName, RepoTags: image.names, Layers: ['layer.tar'] }]),
  );
  const file = join(dir, 'image.tar');
  await mustRun('tar', ['-cf', file, '-C', archive, 'manifest.json', configName, 'layer.tar'], {
    timeoutMs: 60_000,
  });
  return file;
}
