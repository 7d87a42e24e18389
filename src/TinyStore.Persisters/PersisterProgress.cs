namespace TinyStore.Persisters;

/// <summary>How far a load or a save is.</summary>
/// <param name="Status">What runs: loading or saving.</param>
/// <param name="Done">How much is done. The unit is the persister's: bytes of a file, rows of tables.</param>
/// <param name="Total">How much there is to do; null where that is not known yet.</param>
public readonly record struct PersisterProgress(PersisterStatus Status, long Done, long? Total);

/// <summary>Passes reports on, and sees to it that the last one of work that ended well says so. Never throws.</summary>
internal sealed class ProgressReporter(PersisterStatus status, IProgress<PersisterProgress> progress, Action<Exception> onError)
{
    private PersisterProgress _last = new(status, 0, null);

    public void Report(long done, long? total)
    {
        _last = new PersisterProgress(status, done, total);
        try
        {
            progress.Report(_last);
        }
        catch (Exception error)
        {
            onError(error);
        }
    }

    public void Complete()
    {
        var total = _last.Total ?? Math.Max(_last.Done, 1);
        if (_last.Done != total || _last.Total is null)
        {
            Report(total, total);
        }
    }
}
