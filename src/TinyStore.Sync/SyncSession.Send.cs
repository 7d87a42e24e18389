using TinyStore.Sync.Frames;

namespace TinyStore.Sync;

public sealed partial class SyncSession
{
    private bool TrySendStateVector()
    {
        byte[] stateVector;
        try
        {
            stateVector = _document.EncodeStateVector();
        }
#pragma warning disable CA1031 // The document was in use; it will not always be.
        catch (Exception e)
#pragma warning restore CA1031
        {
            OnDocumentFault(e);
            return false;
        }

        _sentStateVector = true;
        Write(OutgoingFrame.Step1(stateVector));
        return true;
    }

    /// <summary>Sends what waits, as far as the window allows.</summary>
    private void SendQueued()
    {
        if (!_mayUpload)
        {
            return;
        }

        while ((_queue.InFlightCount == 0 || _queue.InFlightBytes < _options.MaxInFlightBytes) && _queue.TryTakeNext(out var batch))
        {
            if (!Fits(batch.Update.Length))
            {
                return;
            }

            Write(OutgoingFrame.ClientUpdate(batch.Number, batch.Kind, batch.Update));
        }

        Flush();
    }

    private void Write(in OutgoingFrame frame)
    {
        if (_writer.TryWrite(_channel, frame))
        {
            return;
        }

        Flush();
        if (_writer.TryWrite(_channel, frame))
        {
            return;
        }

        var transfer = new OutgoingTransfer(_channel, ++_transfer, frame, _writer.MaxBytes);
        while (!transfer.IsDone)
        {
            if (!transfer.TryWriteNext(_writer))
            {
                Flush();
            }
        }
    }

    private void Flush()
    {
        if (!_writer.IsEmpty)
        {
            _send?.Invoke(_writer.Take());
        }
    }
}
