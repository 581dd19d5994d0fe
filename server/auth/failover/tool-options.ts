/** The options of uv, pip and npm, as `--help` of uv 0.13.9, pip 26.3 and npm 11 lists them. */
import type { Options } from "./options.ts";

const joined = (...all: Options[]): Options => ({
  values: all.map((it) => it.values).join(" "),
  flags: all.map((it) => it.flags).join(" "),
});

export const uvGlobal: Options = {
  values: "cache-dir color allow-insecure-host directory project config-file p:python",
  flags:
    "n:no-cache refresh managed-python no-managed-python no-python-downloads allow-python-downloads q:quiet v:verbose system-certs native-tls offline no-progress no-config h:help V:version",
};

const uvResolve: Options = {
  values:
    "index default-index i:index-url extra-index-url f:find-links index-strategy keyring-provider P:upgrade-package upgrade-group resolution prerelease prerelease-package fork-strategy exclude-newer exclude-newer-package no-sources-package reinstall-package link-mode C:config-setting config-settings config-settings-package no-build-isolation-package refresh-package python-platform torch-backend",
  flags:
    "no-index U:upgrade pre no-sources reinstall force-reinstall compile-bytecode no-compile-bytecode no-build-isolation require-build-hashes no-require-build-hashes",
};

export const uvPip = joined(uvGlobal, uvResolve, {
  values:
    "r:requirements requirement e:editable no-editable-package c:constraints constraint overrides override excludes b:build-constraints build-constraint extra cert group t:target prefix no-binary only-binary python-version output-format o:output-file format annotation-style custom-compile-command no-emit-package",
  flags:
    "no-editable all-extras no-deps require-hashes no-verify-hashes verify-hashes system break-system-packages no-break-system-packages no-build exact inexact strict dry-run check user no-strip-extras no-strip-markers no-annotate no-header generate-hashes universal emit-index-url emit-find-links emit-build-options emit-index-annotation allow-empty-requirements no-allow-empty-requirements",
});

const uvBuilds: Options = { values: "no-build-package no-binary-package", flags: "no-build no-binary" };

export const uvProject = joined(uvGlobal, uvResolve, uvBuilds, {
  values:
    "extra no-extra group no-group only-group no-editable-package no-install-package package script output-format m:marker optional bounds rev tag branch r:requirements requirement c:constraints constraint format o:output-file",
  flags:
    "all-extras no-dev dev only-dev no-default-groups all-groups no-editable editable inexact exact active no-install-project no-install-workspace no-install-local locked frozen dry-run all-packages check check-exists no-sync raw lfs workspace no-workspace no-hashes no-header no-annotate",
});

export const uvRun = joined(uvGlobal, uvResolve, uvBuilds, {
  values: "extra no-extra group no-group only-group no-editable-package env-file w:with with-editable with-requirements package",
  flags:
    "all-extras no-dev dev only-dev no-default-groups all-groups m:module no-editable exact no-env-file isolated active no-sync locked frozen s:script gui-script all-packages no-project",
});

export const uvTool = joined(uvGlobal, uvResolve, uvBuilds, {
  values:
    "from w:with with-editable with-requirements with-executables-from c:constraints constraint overrides override excludes b:build-constraints build-constraint env-file",
  flags: "e:editable force isolated no-env-file lfs",
});

export const pipOptions: Options = {
  values:
    "r:requirement c:constraint build-constraint requirements-from-script group e:editable t:target platform python-version implementation abi root prefix src upgrade-strategy C:config-settings progress-bar root-user-action report all-releases only-final no-binary only-binary i:index-url extra-index-url refresh-package f:find-links uploaded-prior-to python log keyring-provider proxy retries timeout exists-action trusted-host cert client-cert cache-dir use-feature use-deprecated resume-retries d:dest w:wheel-dir",
  flags:
    "no-deps only-deps dry-run user U:upgrade force-reinstall I:ignore-installed ignore-requires-python no-build-isolation use-pep517 check-build-dependencies break-system-packages compile no-compile no-warn-script-location no-warn-conflicts require-hashes no-require-hashes no-clean pre prefer-binary no-index h:help debug isolated require-virtualenv v:verbose V:version q:quiet no-input no-proxy-env no-cache-dir disable-pip-version-check no-color no-verify",
};

export const npmOptions: Options = {
  values:
    "registry prefix C:dir w:workspace omit include loglevel tag cache package c:call install-strategy fetch-retries fetch-timeout script-shell before cpu os libc save-prefix",
  flags:
    "S:save D:save-dev P:save-prod O:save-optional B:save-bundle save-peer E:save-exact no-save g:global legacy-peer-deps force f:forced no-audit audit no-fund fund ignore-scripts production dry-run package-lock-only no-package-lock package-lock prefer-offline prefer-online offline s:silent q:quiet d:verbose no-progress progress install-links strict-peer-deps foreground-scripts y:yes no workspaces include-workspace-root no-bin-links bin-links prefer-dedupe no-update-notifier no-color",
};
