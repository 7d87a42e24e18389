using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TinyStore.Relay.Connections;

namespace TinyStore.Relay.Rooms;

/// <summary>An update on its way into the log. Holds its room in memory until it is there.</summary>
internal sealed record PendingAppend(RelayChannel Channel, RoomLease Lease, LogAppend Update, long ReceivedAt);

/// <summary>
/// The one writer: takes what is waiting, of all rooms, and commits it in one step; while a commit runs, the next batch gathers.
/// </summary>
/// <remarks>
/// <code>
/// connections ──EnqueueAsync──► [ waiting, bounded in bytes ] ──► AppendAsync (one commit) ──► Room.OnCommitted ──► acks, deliveries
/// </code>
/// </remarks>
internal sealed class LogWriter
{
    private const int MaxBatchRows = 2000;
    private const long MaxBatchBytes = 8 << 20;

    private readonly Channel<PendingAppend> _waiting = Channel.CreateUnbounded<PendingAppend>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ByteBudget _budget;
    private readonly IUpdateLog _log;
    private readonly RelayMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private Task _running = Task.CompletedTask;

    public LogWriter(IUpdateLog log, IOptions<RelayOptions> options, RelayMetrics metrics, TimeProvider time, ILogger<LogWriter> logger)
    {
        _log = log;
        _budget = new ByteBudget(options.Value.MaxUncommittedBytes);
        _metrics = metrics;
        _time = time;
        _logger = logger;
    }

    /// <summary>Why the last commit failed; null when it did not.</summary>
    public Exception? Failure { get; private set; }

    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>Hands an update over. Waits while too many bytes wait, so that whoever sends is read more slowly.</summary>
    /// <returns>False when the relay is stopping; the update was not taken.</returns>
    public async ValueTask<bool> EnqueueAsync(PendingAppend append)
    {
        await _budget.AcquireAsync(append.Update.Update.Length).ConfigureAwait(false);
        if (_waiting.Writer.TryWrite(append))
        {
            return true;
        }

        _budget.Release(append.Update.Update.Length);
        return false;
    }

    /// <summary>Takes no more, and completes when everything taken is committed (or failed).</summary>
    public Task StopAsync()
    {
        _waiting.Writer.TryComplete();
        return _running;
    }

    private async Task RunAsync()
    {
        var reader = _waiting.Reader;
        var batch = new List<PendingAppend>();
        while (await reader.WaitToReadAsync().ConfigureAwait(false))
        {
            long bytes = 0;
            while (batch.Count < MaxBatchRows && bytes < MaxBatchBytes && reader.TryRead(out var append))
            {
                batch.Add(append);
                bytes += append.Update.Update.Length;
            }

            await CommitAsync(batch).ConfigureAwait(false);
            foreach (var append in batch)
            {
                append.Lease.Dispose();
                _budget.Release(append.Update.Update.Length);
            }

            batch.Clear();
        }
    }

    private async Task CommitAsync(List<PendingAppend> batch)
    {
        IReadOnlyList<LogAppendResult> results;
        try
        {
            results = await _log.AppendAsync(batch.ConvertAll(static append => append.Update)).ConfigureAwait(false);
            Failure = null;
        }
#pragma warning disable CA1031 // Whatever went wrong, nothing was written, and the relay goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failure = e;
            _logger.AppendFailed(e, batch.Count);
            var failure = e is UpdateLogCorruptException
                ? new SyncFailure(SyncErrorCode.Quarantined, "the log is damaged")
                : new SyncFailure(SyncErrorCode.Unavailable, "the log cannot be written at the moment");
            foreach (var append in batch)
            {
                append.Channel.SendNack(append.Update.Batch, failure);
            }

            return;
        }

        foreach (var room in batch.Zip(results).GroupBy(static pair => pair.First.Lease.Room))
        {
            try
            {
                room.Key.OnCommitted([.. room]);
            }
#pragma warning disable CA1031 // The rows are durable; a fault in one room must not stop the writer of all.
            catch (Exception e)
#pragma warning restore CA1031
            {
                _logger.DeliveryFailed(e, room.Key.Name);
            }
        }

        for (var i = 0; i < batch.Count; i++)
        {
            if (results[i].IsNew)
            {
                _metrics.Appends.Add(1);
                _metrics.AppendedBytes.Add(batch[i].Update.Update.Length);
            }

            _metrics.CommitTime.Record(_time.GetElapsedTime(batch[i].ReceivedAt).TotalSeconds);
        }
    }
}
