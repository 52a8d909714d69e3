"""Modules of programs that embed Python, or of one board, device or distribution of Linux: no package index has them.

Collected from the programs' own documentation. Some are on PyPI too, as stubs or as somebody's repack; a dotted name
stands for that part of a package alone.
"""

from __future__ import annotations

# By the field, so that a reader sees what is missing.
_BY_FIELD = {
    "what was installed before or beside PyPI": """
        cElementTree elementtree gtk glade gtkhtml2 gtksourceview kinterbasdb numarray Numeric pgdb psyco pygtk pyPgSQL
        PyQt4 PySide pysqlite2 pysvn saltcloud saltwinshell sip varstack wxPython xmlplus
    """,
    "3D, film and games": """
        _nuke addon_utils adsk aud bge bgl bifrost bl_i18n_utils bl_ui BlackmagicFusion blf bmesh bpy bpy_extras
        bpy_restrict_state bpy_types c4d Callbacks carb CharacterCreator cycles DaVinciResolveScript Eto flame
        FnAttribute FnGeolib freestyle fusionscript gdnative ghenv ghpythonlib gimp gimpcolor gimpenums gimpfu
        gimpui godot gpu gpu_extras Grasshopper harfang hdefereval hiero hou husd hutil idprop imbuf inkex
        isaacsim Katana katana keyingsets_builtins kinefx KratosMultiphysics krita loputils lx lxifc lxtd lxu
        mari marmoset mathutils maxon MaxPlus maya modo mset mtoa mtoa_ui nodegraph NodegraphAPI nodeitems_utils
        Nodes3DAPI nuke nukescripts objecttoolutils omni pdg pdgd pdgutils pyfbsdk pyfbsdk_additions pymel pymxs
        pysbs PySketchUp PyUnreal RenderingAPI renpy Rhino RhinoInside rhinoscript rhinoscriptsyntax RLPy
        rna_keymap_ui rumba rv rv_commands rvtypes scriptcontext sd sgtk simplestyle simpletransform siutils
        soptoolutils substance_painter substance_painter_plugins tank_vendor toolutils UI4 unreal unreal_engine
        viewerstate voptoolutils xgenm zbc zbrush
    """,
    "CAD, GIS and electronics": """
        _pcbnew abaqus abaqusConstants abaqusGui abaqusGuiTk Adams ansa App arcgisscripting Arch ArchComponent
        arcpy arcpyproduction Autodesk caeModules catia clr code_aster connectorBehavior Draft DraftGeomUtils
        DraftTools DraftVecUtils Drawing driverUtils DSCoreNodes eeschema Fem femap FemGui FreeCAD FreeCADGui
        GEOM geompy gnuradio grass HyperMesh hypermesh Import ImportGui Inspection ISISPython lumapi Mesh
        MeshPart meta_ansa Microsoft NXOpen ObjectsFem odbAccess odbMaterial odbSection paraview Part PartDesign
        PartGui Path PathScripts pcbnew pmt Points processing ProtoGeometry pya pyadams pythonaddins qgis
        Raytracing regionToolset ReverseEngineering revit RevitServices Robot rpw saga_api salome
        salome_notebook ScriptEnv Sketcher SketcherGui SMESH smesh Spreadsheet Surface symbolicConstants System
        TechDraw TechDrawGui
    """,
    "debuggers, disassemblers and security tools": """
        binaryninja binaryninjaui burp CommonServerPython CommonServerUserPython debugger demisto demistomock
        docking gdb ghidra hopper hopper_api ida_auto ida_bitrange ida_bytes ida_dbg ida_dirtree ida_diskio
        ida_entry ida_enum ida_fixup ida_fpro ida_frame ida_funcs ida_gdl ida_graph ida_hexrays ida_ida
        ida_idaapi ida_idc ida_idd ida_idp ida_ieee ida_kernwin ida_libfuncs ida_lines ida_loader ida_lumina
        ida_merge ida_moves ida_nalt ida_name ida_netnode ida_offset ida_pro ida_problems ida_range
        ida_regfinder ida_registry ida_search ida_segment ida_segregs ida_strlist ida_struct ida_tryblks
        ida_typeinf ida_ua ida_undo ida_xref idaapi idautils idc immlib Immunity immutils lldb phantom pykd
        r2lang splunk volatility x64dbgpy
    """,
    "boards and devices": """
        _bleio ackermann_msgs action_msgs actionlib actionlib_msgs adafruit_bus_device alarm almath
        ament_copyright ament_flake8 ament_index_python ament_pep257 analogio audiobusio audiocore audioio
        audiomixer audiomp3 audiopwmio badge bitbangio bleio board btree builtin_interfaces busio canio
        carla_msgs catkin color_matrix color_sensor control_msgs controller_manager controller_manager_msgs
        countio cv_bridge cyw43 dht diagnostic_msgs diagnostic_updater digitalio displayio ds18x20
        dynamic_reconfigure esp esp32 espnow ev3dev example_interfaces fontio framebuf framebufferio frequencyio
        gazebo_msgs gazebo_ros genmsg genpy geometry_msgs gifio GPIO hub image_geometry Jetson jetson
        jetson_inference jetson_utils jtop keypad KPU laser_geometry launch launch_ros launch_testing
        launch_testing_ament_cmake lcd lcd160cr lgpio lifecycle_msgs light_matrix LTE lvgl m5stack m5ui machine
        maix mavros_msgs memorymap message_filters microbit microcontroller micropython mindstorms mip motor
        motor_pair moveit moveit_commander moveit_configs_utils moveit_msgs music naoqi nav2_msgs
        nav2_simple_commander nav_msgs neopixel neopixel_write network nrf nvm omv onewire paralleldisplay
        pcl_ros picamera pigpio pixy pulseio pwmio px4_msgs pyb pybricks pycom PyKDL pyopenmv python_qt_binding
        qi qt_gui rainbowio rcl_interfaces rclpy rclpy_components rgbmatrix ros2cli ros2launch ros2pkg ros2run
        ros2topic rosbag rosbag2_py rosbridge_library rosgraph rosgraph_msgs rosidl_generator_py rosidl_parser
        rosidl_runtime_py roslaunch roslib rosmsg rosnode rosparam rospy rosservice rostest rostopic rosunit
        rotaryio rp2 RPi rqt_gui rqt_gui_py rtc runloop rviz sdcard sense_hat sensor_msgs sensor_msgs_py
        shape_msgs sharpdisplay socketpool spidev spike std_msgs std_srvs stereo_msgs stm storage supervisor
        synthio terminalio tf tf2_geometry_msgs tf2_py tf2_ros tf2_sensor_msgs tf_conversions tf_transformations
        touchio trajectory_msgs turtlesim uasyncio ubinascii ubluetooth ucollections ucryptolib uctypes uerrno
        uhashlib uheapq uio ulab umqtt uos upip uqueue urandom urdf_parser_py ure urequests usb_cdc usb_hid
        usb_midi uselect usocket ussl ustruct usys utime uwebsocket uzlib vectorio vision_definitions
        visualization_msgs watchdog webrepl wifi wipy zephyr
    """,
    "science that conda, a vendor or a build from its repository installs": """
        acados_template AutoDockTools caffe caffe2 casac ccdc cctbx chimera chimerax coot ctk detectron diff_gaussian_rasterization
        dolfin dolfinx dxtbx EMAN2 esa_snappy espressomd firedrake graph_tool hoomd iotbx isaacgym libtbx mantid
        maskrcnn_benchmark Metashape mitk mmtbx MolKit mshr OCC openbabel openeye openmc openravepy opensim osmosdr otbApplication
        PhotoScan pointnet2_ops psana psi4 psrchive pymol pymol2 pyrosetta PySpin pyrep qt rlbench rosetta SALOMEDS schrodinger
        scitbx simple_knn slicer snappy Sofa SofaRuntime taskinit tinycudann torch2trt triqs pytriqs xmipp3 xspec
    """,
    "packages of Linux distributions": """
        _dmidecode ceph_volume cephfs createrepo_c cups dmidecode dogtail ethtool ibus koji krbV libvirtmod newt nftables parted
        rados rbd snack SSSDConfig urlgrabber xcb
    """,
    "browsers and other runtimes": """
        __graalpython__ __pypy__ __revit__ _cffi_backend _continuation _Framework _pyodide ableton addonHandler
        albert alfred apache appModuleHandler arrangement asgi_worker Blender braille browser brython Caja
        calibre calibre_extensions calibre_plugins CallbacksExt channels cjkHelper clrtype collectd com
        controlTypes deluge device Editor embed FL flowlauncher flstudio fontforge fontlab freeswitch Gedit
        gedit general globalPluginHandler globalVars GlyphsApp hass hexchat identity_dict indigo inputCore
        IronPython jarray java javascript javax js keypirinha keypirinha_util keyswitch kittens kitty
        launchMapPages Live microblx micropip midi mixer mod_python mod_wsgi mojo mypaint Nautilus nautilus Nemo
        notepad Npp NVDAObjects nvwave ObjectARX obspython org patterns Peas pidgin playlist polyglot poser psMat purple
        Push2 pushbase pyodide pypy pypyjit pyrevit pyRevitLabs pyscript pyscript_modules PythonScript pyuno
        PyV8 RB reaper_python renoise rhythmbox robofab RPR rpython scribus scriptHandler speech sublime
        sublime_api sublime_plugin sws_python synthDriverHandler talon td TDFunctions TDStoreTools tdu
        terminatorlib textInfos tones totem TouchDesigner transcrypt treeInterceptorHandler ulauncher uno
        unohelper uwsgi uwsgidecorators vim virtualBuffers wasi wasmer weechat weewx winUser workers wpf xbmc
        xbmcaddon xbmcdrm xbmcgui xbmcplugin xbmcvfs xchat xlpython XSCRIPTCONTEXT znc
    """,
    "clouds, notebooks and platforms": """
        _dbus_bindings _snowflake Alteryx alteryx AlteryxPythonSDK apport apport_python_hook apt apt_inst
        apt_pkg aptsources arvbox audit awsglue ayx bcc blivet bpfcc brlapi cinnamon cisco Cli CliParser
        cloudinit code_workbook command_not_found CommandNotFound Core cracklib databricks.sdk.runtime dataiku
        dataikuscoring dbus dbutils debconf DistUpgrade dnf dnfpluginscore EapiClientLib eos erpnext firewall
        foundry foundry_ml frappe freenas gconf GD gentoolkit gi glib gnome gnomevfs gobject google.appengine
        google.colab gtk guestfs guestshell hawkey hivex iosxe ipalib ipaplatform ipapython ipaserver janitor
        jcs kaggle_datasets kaggle_secrets kaggle_web_client knime knime_extension knime_io knime_jupyter
        lakehouse lambda_runtime LanguageSelector ldb ldm libdnf libdnf5 librepo louis lsb_release maximo
        middlewared mininet mssparkutils nfvis notebookutils ns ns3 nss NvidiaDetector odoo openerp opnsense
        opsramp orca palantir_models pango pangocairo pcp pega perf perf_trace_context pfl pfsense plpy portage
        problem_report psdi pyanaconda pyatspi PyClient pyspark.dbutils Quirks Rapidminer rpm rpmUtils sailpoint
        samba samdb selinux semanage seobject sepolgen sepolicy setools simpleline softwareproperties speechd
        Spotfire spotfire synapse TabPy_Query Tac talloc TD tdb tevent transforms trident truenas uaclient
        ubiquity UpdateManager Util vmware vra xapp xenapi yum yumcommands zeppelin
    """,
}

HOSTS = frozenset(name for names in _BY_FIELD.values() for name in names.split())


def has(module: str) -> bool:
    """Whether a module, given with its dots, comes with a program that embeds Python."""
    at = module.find(".")
    while at >= 0:
        if module[:at] in HOSTS:
            return True
        at = module.find(".", at + 1)
    return module in HOSTS
