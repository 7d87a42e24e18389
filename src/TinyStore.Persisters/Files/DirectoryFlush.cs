using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace TinyStore.Persisters;

/// <summary>
/// fsync of a directory: on Unix a new name in it survives the loss of power only then, and .NET opens no directories. On
/// Windows there is no such call; NTFS writes its journal with the next flush of the file itself.
/// </summary>
[UnsupportedOSPlatform("browser")]
internal static partial class DirectoryFlush
{
    private const int Interrupted = 4; // EINTR
    private const int Invalid = 22; // EINVAL: this file system does not do it

    public static void Flush(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Retry(() => Open(directory, 0));
        if (descriptor < 0)
        {
            throw Failed(directory);
        }

        try
        {
            if (Retry(() => FSync(descriptor)) < 0 && Marshal.GetLastPInvokeError() != Invalid)
            {
                throw Failed(directory);
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static int Retry(Func<int> call)
    {
        int result;
        do
        {
            result = call();
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == Interrupted);

        return result;
    }

    private static IOException Failed(string directory)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"The directory '{directory}' could not be flushed to the disk: {new Win32Exception(error).Message}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
