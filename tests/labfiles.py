"""Lab files made from the descriptions of their formats."""

from __future__ import annotations

import io

import openpyxl

EASYEXPERT = """
SetupTitle, {title}
PrimitiveTest, I/V Sweep
TestParameter, Context.MainFrame, B1500A
TestParameter, Channel.Unit, SMU1:HR, SMU2:MP
TestParameter, Channel.IName, I1, I2
TestParameter, Channel.VName, V1, V2
TestParameter, Channel.Mode, V, COMMON
TestParameter, Channel.Func, VAR1, CONST
TestParameter, Measurement.Primary.Locus, Double
TestParameter, Measurement.Primary.Start, 0
TestParameter, Measurement.Primary.Stop, 1
TestParameter, Measurement.Primary.Step, 0.5
TestParameter, Measurement.Primary.Compliance, 0.001
TestParameter, Measurement.Bias.Source, 0, 0
TestParameter, Measurement.Bias.Compliance, 0.001, 0.1
TestParameter, Measurement.Timing.Hold, 2
TestParameter, Measurement.Timing.Delay, 0.25
MetaData, TestRecord.RecordTime, 01/02/2023 04:05:06
MetaData, TestRecord.TestTarget, {target}
MetaData, TestRecord.Remarks, a remark, with a comma
AnalysisSetup, Analysis.Setup.Vector.List.Datum.Name, V1, I1
AnalysisSetup, Analysis.Setup.Vector.List.Datum.Unit, V, A
Dimension1, 6, 6
Dimension2, 1, 1
DataName, V1, I1
DataValue, 0, 1E-12
DataValue, 0.5, {low}
DataValue, 1, 2E-06
DataValue, 1, 3E-06
DataValue, 0.5, 1.5E-06
DataValue, 0, -1E-12
"""


def easyexpert(title="I/V Sweep", target="A1", low="1E-06"):
    """Return the text of a file of one double sweep."""
    return EASYEXPERT.format(title=title, target=target, low=low)


def workbook(sheets):
    """Return the bytes of a workbook: rows of cells by sheet."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            cell.data_type = "s"  # a rule of equals signs is text, no formula
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def clarius_settings(run, **changed):
    """Return the rows of settings of one run with a common SMU and a sweeping one."""
    rows = {
        "Test Name": ["SET#1@1"], "Sweep Delay": ["0.1"], "Hold Time": ["2"], "Last Executed": ["12/02/2025 15:04:38"],
        "Device Terminal": ["B", "A"], "Instrument": ["SMU2", "SMU1"], "Name": ["BV", "AV"],
        "Operation Mode": ["Common", "Voltage Linear Sweep"], "Master/Subordinate": ["N/A", "Master"],
        "Start/Bias": ["N/A", "0"], "Stop": ["N/A", "-1"], "Step": ["N/A", "-0.5"], "Compliance": ["0.105", "0.0005"],
        "Dual Sweep": ["N/A", "Enabled"],
    } | changed  # fmt: skip
    line = ["=" * 34]
    return [line, [run], line, [], *([key, *values] for key, values in rows.items()), []]
