using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace TinyStore.Node;

/// <summary>
/// Runs <c>npm ci</c> in a folder once: under a file lock, since several test processes may ask at the same time, and with
/// a stamp that holds the hash of the lock file, so that a change of it installs anew.
/// </summary>
public static class NodePackages
{
    private const int OldestNode = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Installs the packages of a folder unless that is done.</summary>
    /// <exception cref="NodeUnavailableException">Node is missing or too old, or the packages cannot be installed.</exception>
    public static async Task EnsureInstalledAsync(string folder, CancellationToken cancellationToken = default)
    {
        await CheckNodeAsync(cancellationToken);
        var stamp = Path.Combine(folder, ".npm-ci.stamp");
        var wanted = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(folder, "package-lock.json"), cancellationToken)));
        if (IsStamped(stamp, wanted))
        {
            return;
        }

        await using var exclusive = await LockAsync(Path.Combine(folder, ".npm-ci.lock"), cancellationToken);
        if (IsStamped(stamp, wanted))
        {
            return;
        }

        var (exitCode, output) = await RunAsync(Npm, ["ci", "--no-audit", "--no-fund"], folder, cancellationToken);
        if (exitCode != 0)
        {
            throw new NodeUnavailableException($"npm ci in {folder} failed with {exitCode}: {output}");
        }

        await File.WriteAllTextAsync(stamp, wanted, cancellationToken);
    }

    private static string Npm => OperatingSystem.IsWindows() ? "npm.cmd" : "npm";

    private static bool IsStamped(string stamp, string wanted) =>
        File.Exists(stamp) && File.ReadAllText(stamp) == wanted && Directory.Exists(Path.Combine(Path.GetDirectoryName(stamp)!, "node_modules"));

    private static async Task CheckNodeAsync(CancellationToken cancellationToken)
    {
        string version;
        try
        {
            (_, version) = await RunAsync("node", ["--version"], Path.GetTempPath(), cancellationToken);
        }
        catch (Win32Exception)
        {
            throw new NodeUnavailableException($"there is no `node` on the path. Install Node {OldestNode} or later.");
        }

        var digits = version.TrimStart('v').Split('.')[0];
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var major) || major < OldestNode)
        {
            throw new NodeUnavailableException($"`node --version` says {version.Trim()}. Install Node {OldestNode} or later.");
        }
    }

    private static async Task<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        for (var waited = Stopwatch.StartNew(); ;)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (waited.Elapsed < Patience)
            {
                await Task.Delay(100, cancellationToken);
            }
        }
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, string[] arguments, string folder, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Patience);
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
            var errors = process.StandardError.ReadToEndAsync(timeout.Token);
            await process.WaitForExitAsync(timeout.Token);
            return (process.ExitCode, await output + await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new NodeUnavailableException($"`{program} {string.Join(' ', arguments)}` did not end within {Patience.TotalMinutes} minutes.");
        }
    }
}

/// <summary>Node, or a package that it needs, is not there; the message says what and how to get it.</summary>
public sealed class NodeUnavailableException : Exception
{
    /// <summary>With what is missing.</summary>
    public NodeUnavailableException(string message)
        : base(message)
    {
    }
}
