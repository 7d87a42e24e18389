using System.Runtime.Versioning;
using System.Threading.Channels;

namespace TinyStore.Persisters;

/// <summary>
/// Has a file looked at whenever the operating system says that it changed, and from time to time in any case: there are file
/// systems that tell nothing, and a folder that comes later is not watched.
/// </summary>
[UnsupportedOSPlatform("browser")]
internal sealed class FileWatch : IAsyncDisposable
{
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly FileSystemWatcher? _watcher;
    private readonly ITimer _timer;
    private readonly Task _loop;
    private int _hinted;

    /// <param name="path">The file; null: there is none, and only time counts.</param>
    /// <param name="isOurs">Whether the file of that name in the same folder is meant.</param>
    /// <param name="interval">How often it is looked at in any case.</param>
    /// <param name="time">The clock.</param>
    /// <param name="look">Looks, one at a time; told whether there was a hint. Must not throw.</param>
    public FileWatch(string? path, Predicate<string> isOurs, TimeSpan interval, TimeProvider time, Func<bool, ValueTask> look)
    {
        _watcher = path is null ? null : TryWatch(path, isOurs);
        _timer = time.CreateTimer(_ => _wake.Writer.TryWrite(true), null, interval, interval);
        _loop = Task.Run(async () =>
        {
            while (true)
            {
                await _wake.Reader.ReadAsync(_stop.Token).ConfigureAwait(false);
                await look(Interlocked.Exchange(ref _hinted, 0) == 1).ConfigureAwait(false);
            }
        });
    }

    public async ValueTask DisposeAsync()
    {
        _watcher?.Dispose();
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private FileSystemWatcher? TryWatch(string path, Predicate<string> isOurs)
    {
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!);
            watcher.Changed += (_, e) => Hint(e.Name);
            watcher.Created += (_, e) => Hint(e.Name);
            watcher.Deleted += (_, e) => Hint(e.Name);
            watcher.Renamed += (_, e) => Hint(e.Name);
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception error) when (error is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // No such folder yet, or no watches left: time will tell.
            watcher?.Dispose();
            return null;
        }

        void Hint(string? name)
        {
            if (name is not null && isOurs(name))
            {
                Volatile.Write(ref _hinted, 1);
                _wake.Writer.TryWrite(true);
            }
        }
    }
}
