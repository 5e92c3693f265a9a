/**
 * A message of the Windows desktop, from inside WSL: Windows Terminal shows none for
 * OSC 9, so PowerShell is asked. The text goes in as data, never as script.
 */
import type { Platform } from "@/platform/platform.ts";
import { FileError } from "@/platform/platform.ts";

const SCRIPT = `
[Windows.UI.Notifications.ToastNotificationManager, Windows.UI.Notifications, ContentType = WindowsRuntime] | Out-Null
$template = [Windows.UI.Notifications.ToastNotificationManager]::GetTemplateContent([Windows.UI.Notifications.ToastTemplateType]::ToastText02)
$texts = $template.GetElementsByTagName('text')
$texts.Item(0).AppendChild($template.CreateTextNode($env:CODEX_TOAST_TITLE)) | Out-Null
$texts.Item(1).AppendChild($template.CreateTextNode($env:CODEX_TOAST_TEXT)) | Out-Null
[Windows.UI.Notifications.ToastNotificationManager]::CreateToastNotifier('Codex').Show([Windows.UI.Notifications.ToastNotification]::new($template))
`;

const TIMEOUT_MS = 10_000;

/** Shows it, or does nothing where there is no PowerShell to ask. */
export async function toast(
  { processes, env, host, clock }: Platform,
  title: string,
  text: string,
  signal: AbortSignal,
): Promise<void> {
  let child;
  try {
    child = processes.spawn({
      argv: [
        "powershell.exe",
        "-NoProfile",
        "-NonInteractive",
        "-EncodedCommand",
        encodedCommand(SCRIPT),
      ],
      cwd: host.cwd,
      env: {
        ...env.all(),
        CODEX_TOAST_TITLE: title,
        CODEX_TOAST_TEXT: text,
        // Named here, they cross from Linux to Windows.
        WSLENV: "CODEX_TOAST_TITLE:CODEX_TOAST_TEXT",
      },
      stdin: "null",
      newGroup: true,
    });
  } catch (error) {
    if (error instanceof FileError) return;
    throw error;
  }
  const end = AbortSignal.any([signal, clock.timeout(TIMEOUT_MS)]);
  const kill = () => child.kill("SIGKILL");
  end.addEventListener("abort", kill, { once: true });
  try {
    await Promise.all([
      child.stdout.cancel(),
      child.stderr.cancel(),
      child.exit,
    ]);
  } finally {
    end.removeEventListener("abort", kill);
  }
}

/** UTF-16 in Base64, as PowerShell wants a script. */
function encodedCommand(script: string): string {
  let binary = "";
  for (const unit of script) {
    const code = unit.charCodeAt(0);
    binary += String.fromCharCode(code & 0xff, code >> 8);
  }
  return btoa(binary);
}
