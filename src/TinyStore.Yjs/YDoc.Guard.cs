using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace TinyStore.Yjs;

// Noticing overlapping use. An operation (a whole transaction with its observers and cleanup, or one read of everything) is
// one synchronous call, so one thread runs all of it and owns the document so long; what it calls may come back in on that
// thread. Between operations no thread is remembered: after an await the same logical caller may be on another one.
public sealed partial class YDoc
{
    private const int NoOwner = 0;
    private const int DisposedOwner = -1;

    private int _owner;
    private int _depth;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void CheckReadable()
    {
        var owner = Volatile.Read(ref _owner);
        if (owner != NoOwner && owner != Environment.CurrentManagedThreadId)
        {
            ThrowNotFree();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Enter()
    {
        var thread = Environment.CurrentManagedThreadId;
        if (Volatile.Read(ref _owner) != thread && Interlocked.CompareExchange(ref _owner, thread, NoOwner) != NoOwner)
        {
            ThrowNotFree();
        }

        _depth++;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Exit()
    {
        if (--_depth == 0)
        {
            Volatile.Write(ref _owner, NoOwner);
        }
    }

    [DoesNotReturn]
    private void ThrowNotFree()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        throw new InvalidOperationException(
            "The document is being used by another caller at the same time. A YDoc has one user at a time: run all work on it in its Context (doc.Context.RunAsync).");
    }
}
