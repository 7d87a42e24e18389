using Microsoft.Data.Sqlite;

namespace TinyStore.Persisters.Sqlite;

// How changes by other connections are heard of: the database's data version says that there were some, and the operating
// system that it is worth a look.
public sealed partial class SqlitePersister
{
    /// <inheritdoc/>
    protected override ValueTask<IAsyncDisposable?> SubscribeAsync(Action<PersistedData?> onChanged, CancellationToken cancellationToken)
    {
        var name = Path.GetFileName(_path);
        var failed = false;
        return new ValueTask<IAsyncDisposable?>(new FileWatch(
            _path,
            changed => changed == name || changed == name + "-wal",
            _options.PollInterval,
            _options.TimeProvider,
            async _ =>
            {
                try
                {
                    if (await HasChangedAsync().ConfigureAwait(false))
                    {
                        onChanged(null);
                    }
                    failed = false;
                }
                catch (SqliteException error)
                {
                    if (!failed)
                    {
                        failed = true;
                        OnError(PersisterOperation.Subscribe, error);
                    }
                }
            }));
    }

    private async ValueTask<bool> HasChangedAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            // Before the first load there is nothing to compare with.
            if (_database is null || _noticed is null || _database.DataVersion() is var version && version == _noticed)
            {
                return false;
            }
            _noticed = version;
            return true;
        }
        finally
        {
            _gate.Release();
        }
    }
}
