/*
 * Runs one command under a restricted token and in a job, on Windows.
 *
 *   helper --capability SID [--root DIR]... [--closed PATH]... -- COMMAND-LINE
 *
 * The token is write-restricted: a write needs the user's own right AND a right of one
 * of the restricting SIDs. The capability SID is granted on the writable directories
 * and denied on what stays closed in them, so everything else is read-only. The job
 * ends every process of the command when this process ends, however it ends.
 *
 * Sources: CreateRestrictedToken, SetEntriesInAcl, Job Objects and
 * CreateProcessAsUserW in the Windows API reference. It is built and linked in the
 * tests; whether it confines has never been tried on a Windows machine, and the
 * program does not use it until that is done (see docs/security.md).
 */
#define _WIN32_WINNT 0x0A00
#include <windows.h>
#include <aclapi.h>
#include <sddl.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

/* CreateRestrictedToken flags: no privileges, no administrator, writes restricted. */
#define TOKEN_FLAGS (DISABLE_MAX_PRIVILEGE | LUA_TOKEN | WRITE_RESTRICTED)
#define PATHS_MAX 64
/* Told apart from a command's own exit codes by the line on standard error. */
#define EXIT_SETUP 125

struct options {
  PSID capability;
  const wchar_t *roots[PATHS_MAX];
  int root_count;
  const wchar_t *closed[PATHS_MAX];
  int closed_count;
  wchar_t *command_line;
};

static void fail(const wchar_t *what) {
  fwprintf(stderr, L"codex-sandbox: %ls failed (Windows error %lu)\n", what, GetLastError());
  exit(EXIT_SETUP);
}

static void refuse(const wchar_t *what) {
  fwprintf(stderr, L"codex-sandbox: %ls\n", what);
  exit(EXIT_SETUP);
}

static void add_path(const wchar_t **list, int *count, const wchar_t *path) {
  if (*count == PATHS_MAX) refuse(L"too many paths");
  list[(*count)++] = path;
}

static struct options parse(int argc, wchar_t **argv) {
  struct options options = {0};
  int index = 1;
  for (; index + 1 < argc && wcscmp(argv[index], L"--") != 0; index += 2) {
    wchar_t *value = argv[index + 1];
    if (wcscmp(argv[index], L"--capability") == 0) {
      if (!ConvertStringSidToSidW(value, &options.capability)) fail(L"reading the SID");
    } else if (wcscmp(argv[index], L"--root") == 0) {
      add_path(options.roots, &options.root_count, value);
    } else if (wcscmp(argv[index], L"--closed") == 0) {
      add_path(options.closed, &options.closed_count, value);
    } else {
      refuse(L"unknown option");
    }
  }
  /* The command comes as one argument: quoting it twice would change it. */
  if (index + 2 != argc || wcscmp(argv[index], L"--") != 0) refuse(L"no command");
  if (options.capability == NULL) refuse(L"no capability");
  options.command_line = argv[index + 1];
  return options;
}

/* The SID of this logon session; programs need it to reach their own window station. */
static PSID logon_sid(HANDLE token) {
  DWORD size = 0;
  GetTokenInformation(token, TokenGroups, NULL, 0, &size);
  TOKEN_GROUPS *groups = malloc(size);
  if (groups == NULL || !GetTokenInformation(token, TokenGroups, groups, size, &size)) {
    fail(L"reading the token's groups");
  }
  for (DWORD index = 0; index < groups->GroupCount; index++) {
    if ((groups->Groups[index].Attributes & SE_GROUP_LOGON_ID) == SE_GROUP_LOGON_ID) {
      return groups->Groups[index].Sid;
    }
  }
  refuse(L"this process has no logon session");
  return NULL;
}

static EXPLICIT_ACCESSW entry(PSID sid, ACCESS_MODE mode, DWORD rights) {
  EXPLICIT_ACCESSW access = {0};
  access.grfAccessPermissions = rights;
  access.grfAccessMode = mode;
  access.grfInheritance = SUB_CONTAINERS_AND_OBJECTS_INHERIT;
  access.Trustee.TrusteeForm = TRUSTEE_IS_SID;
  access.Trustee.TrusteeType = TRUSTEE_IS_UNKNOWN;
  access.Trustee.ptstrName = (LPWSTR)sid;
  return access;
}

/* Adds one entry to the access list of a file or directory. */
static void edit_acl(const wchar_t *path, EXPLICIT_ACCESSW access) {
  PACL old_acl = NULL, new_acl = NULL;
  PSECURITY_DESCRIPTOR descriptor = NULL;
  DWORD error = GetNamedSecurityInfoW(path, SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, NULL,
                                      NULL, &old_acl, NULL, &descriptor);
  if (error == ERROR_SUCCESS) error = SetEntriesInAclW(1, &access, old_acl, &new_acl);
  if (error == ERROR_SUCCESS) {
    error = SetNamedSecurityInfoW((LPWSTR)path, SE_FILE_OBJECT, DACL_SECURITY_INFORMATION,
                                  NULL, NULL, new_acl, NULL);
  }
  SetLastError(error);
  if (error != ERROR_SUCCESS) fail(path);
  LocalFree(new_acl);
  LocalFree(descriptor);
}

static void apply_paths(const struct options *options) {
  DWORD write = FILE_GENERIC_READ | FILE_GENERIC_WRITE | FILE_GENERIC_EXECUTE | DELETE;
  for (int index = 0; index < options->root_count; index++) {
    edit_acl(options->roots[index], entry(options->capability, GRANT_ACCESS, write));
  }
  /* A denial is looked at before any grant, so it holds inside a granted directory. */
  DWORD change = FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_WRITE_ATTRIBUTES | FILE_WRITE_EA |
                 FILE_DELETE_CHILD | DELETE | WRITE_DAC | WRITE_OWNER;
  for (int index = 0; index < options->closed_count; index++) {
    edit_acl(options->closed[index], entry(options->capability, DENY_ACCESS, change));
  }
}

static HANDLE restricted_token(PSID capability) {
  HANDLE own, restricted;
  if (!OpenProcessToken(GetCurrentProcess(), TOKEN_ALL_ACCESS, &own)) fail(L"opening the token");
  PSID logon = logon_sid(own);
  BYTE everyone[SECURITY_MAX_SID_SIZE];
  DWORD size = sizeof everyone;
  if (!CreateWellKnownSid(WinWorldSid, NULL, everyone, &size)) fail(L"naming everyone");
  SID_AND_ATTRIBUTES restricting[] = {{capability, 0}, {logon, 0}, {everyone, 0}};
  if (!CreateRestrictedToken(own, TOKEN_FLAGS, 0, NULL, 0, NULL, 3, restricting, &restricted)) {
    fail(L"restricting the token");
  }
  /* What the command makes must be open to the command itself. */
  EXPLICIT_ACCESSW both[] = {entry(logon, GRANT_ACCESS, GENERIC_ALL),
                             entry(capability, GRANT_ACCESS, GENERIC_ALL)};
  TOKEN_DEFAULT_DACL dacl = {0};
  DWORD error = SetEntriesInAclW(2, both, NULL, &dacl.DefaultDacl);
  SetLastError(error);
  if (error != ERROR_SUCCESS ||
      !SetTokenInformation(restricted, TokenDefaultDacl, &dacl, sizeof dacl)) {
    fail(L"setting the token's default access");
  }
  if (!IsTokenRestricted(restricted)) refuse(L"the token was not restricted");
  return restricted;
}

static HANDLE killing_job(void) {
  HANDLE job = CreateJobObjectW(NULL, NULL);
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
  limits.BasicLimitInformation.LimitFlags =
      JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION;
  if (job == NULL ||
      !SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits)) {
    fail(L"making the job");
  }
  return job;
}

/* Starts the command with our three standard handles and no others. */
static PROCESS_INFORMATION start(HANDLE token, wchar_t *command_line) {
  HANDLE handles[] = {GetStdHandle(STD_INPUT_HANDLE), GetStdHandle(STD_OUTPUT_HANDLE),
                      GetStdHandle(STD_ERROR_HANDLE)};
  for (int index = 0; index < 3; index++) {
    SetHandleInformation(handles[index], HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
  }
  SIZE_T size = 0;
  InitializeProcThreadAttributeList(NULL, 1, 0, &size);
  LPPROC_THREAD_ATTRIBUTE_LIST attributes = malloc(size);
  if (attributes == NULL || !InitializeProcThreadAttributeList(attributes, 1, 0, &size) ||
      !UpdateProcThreadAttribute(attributes, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, handles,
                                 sizeof handles, NULL, NULL)) {
    fail(L"listing the handles");
  }
  STARTUPINFOEXW startup = {0};
  startup.StartupInfo.cb = sizeof startup;
  startup.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
  startup.StartupInfo.hStdInput = handles[0];
  startup.StartupInfo.hStdOutput = handles[1];
  startup.StartupInfo.hStdError = handles[2];
  startup.lpAttributeList = attributes;
  PROCESS_INFORMATION process;
  DWORD flags = CREATE_SUSPENDED | CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT;
  if (!CreateProcessAsUserW(token, NULL, command_line, NULL, NULL, TRUE, flags, NULL, NULL,
                            &startup.StartupInfo, &process)) {
    fail(L"starting the command");
  }
  return process;
}

int wmain(int argc, wchar_t **argv) {
  struct options options = parse(argc, argv);
  apply_paths(&options);
  HANDLE token = restricted_token(options.capability);
  HANDLE job = killing_job();
  PROCESS_INFORMATION process = start(token, options.command_line);
  /* Suspended until it is in the job: nothing it starts can be outside. */
  if (!AssignProcessToJobObject(job, process.hProcess)) {
    TerminateProcess(process.hProcess, EXIT_SETUP);
    fail(L"entering the job");
  }
  ResumeThread(process.hThread);
  WaitForSingleObject(process.hProcess, INFINITE);
  DWORD code = EXIT_SETUP;
  GetExitCodeProcess(process.hProcess, &code);
  TerminateJobObject(job, code);
  return (int)code;
}
